import { parseArgs } from 'node:util';
import { nearestName } from './nearest-name.ts';
import type { OptionRow, OptionTable } from './option-table.ts';
import { unknownName } from './unknown-name.ts';

/** What one flag says. An `unknown` one may have a value beside it, a `wrong` one is an option all the same. */
export type Flag =
  | { readonly kind: 'known'; readonly name: string; readonly text: string }
  | { readonly kind: 'wrong'; readonly name: string; readonly problem: string }
  | { readonly kind: 'unknown'; readonly problem: string };

/** A command's words, taken apart by Node.js without judging them. */
export function tokensOf(words: readonly string[], table: OptionTable) {
  const options = Object.fromEntries(
    Object.entries(table).map(([name, { takes }]) => [
      name,
      { type: takes === 'switch' ? ('boolean' as const) : ('string' as const) },
    ]),
  );
  return parseArgs({ args: [...words], options, strict: false, tokens: true, allowPositionals: true }).tokens;
}

export type OptionToken = Extract<ReturnType<typeof tokensOf>[number], { kind: 'option' }>;

/** Judges one flag; `word` is the word of the command line that it stands in. */
export function readFlag(token: OptionToken, word: string, table: OptionTable): Flag {
  const { name, rawName } = token;
  if (!rawName.startsWith('--')) return unknownShortFlag(word, table);
  const row = rowOf(table, name);
  if (row?.takes === 'switch') return readSwitch(token);
  if (row !== undefined) return readValue(token);
  const positive = name.replace(/^no-/, '');
  if (positive !== name && rowOf(table, positive)?.takes === 'switch') return readNegation(token, positive);
  const form = { place: 'flag', names: Object.keys(table), write: (known: string) => `--${known}` };
  return { kind: 'unknown', problem: unknownName(rawName, name, form) };
}

function readSwitch({ name, value }: OptionToken): Flag {
  return value === '' ? emptyValue(name) : { kind: 'known', name, text: value ?? 'true' };
}

function readNegation({ rawName, value }: OptionToken, name: string): Flag {
  if (value === undefined) return { kind: 'known', name, text: 'false' };
  return { kind: 'wrong', name, problem: `flag ${rawName} takes no value` };
}

function readValue({ name, value, inlineValue }: OptionToken): Flag {
  if (value === '') return emptyValue(name);
  // `--out --yes` forgot the folder; one that is really called so is given as `--out=--yes`.
  const isNextFlag = inlineValue !== true && value !== undefined && value !== '-' && value.startsWith('-');
  if (value !== undefined && !isNextFlag) return { kind: 'known', name, text: value };
  return { kind: 'wrong', name, problem: `flag --${name} needs a value` };
}

function emptyValue(name: string): Flag {
  return { kind: 'wrong', name, problem: `flag --${name} has an empty value` };
}

/** There are no short options but -h. Of `-kSECRET` no more than `-k` is shown. */
function unknownShortFlag(word: string, table: OptionTable): Flag {
  const name = word.slice(1).replace(/=.*/s, '');
  const meant = nearestName(name, Object.keys(table));
  const form = {
    place: 'flag',
    names: meant === undefined ? [] : [meant],
    write: (known: string) => `--${known}`,
  };
  return { kind: 'unknown', problem: unknownName(`${[...word].slice(0, 2).join('')}…`, name, form) };
}

function rowOf(table: OptionTable, name: string): OptionRow | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
