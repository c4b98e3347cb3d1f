import type { GivenOption, GivenOptions } from './given-option.ts';
import type { OptionTable } from './option-table.ts';
import { type Flag, type OptionToken, readFlag, tokensOf } from './read-flag.ts';

/** A command's words, sorted into options and the rest. */
export interface Flags {
  readonly given: GivenOptions;
  readonly positionals: readonly string[];
  readonly problems: readonly string[];
}

/**
 * Reads the words after the command, strictly: unknown, repeated and empty flags are problems. It stands on Node's
 * tokens, since a parser that takes `--dry-run=yes` for false without a word, as yargs does, would send requests.
 */
export function readFlags(words: readonly string[], table: OptionTable): Flags {
  const { flags, positionals } = sortWords(words, table);
  const given = new Map<string, GivenOption>();
  const problems: string[] = [];
  const seen = new Set<string>();
  for (const flag of flags) {
    if (flag.kind !== 'unknown' && seen.has(flag.name)) problems.push(`flag --${flag.name} is given twice`);
    else if (flag.kind !== 'known') problems.push(flag.problem);
    else given.set(flag.name, { text: flag.text, origin: `flag --${flag.name}` });
    if (flag.kind !== 'unknown') seen.add(flag.name);
  }
  return { given, positionals, problems };
}

function sortWords(words: readonly string[], table: OptionTable) {
  const flags: Flag[] = [];
  const positionals: string[] = [];
  let passOverUntil = -1;
  for (const token of tokensOf(words, table)) {
    if (token.index <= passOverUntil || token.kind === 'option-terminator') continue;
    if (token.kind === 'positional') {
      positionals.push(token.value);
      continue;
    }
    const flag = readFlag(token, words[token.index] ?? '', table);
    flags.push(flag);
    if (flag.kind === 'unknown') passOverUntil = lastWordOf(token, words);
  }
  return { flags, positionals };
}

/** The letters of `-abc` are one mistake; the word after an unknown flag may be its value, even a key. */
function lastWordOf({ index, inlineValue }: OptionToken, words: readonly string[]): number {
  return inlineValue === true || words[index + 1]?.startsWith('-') ? index : index + 1;
}
