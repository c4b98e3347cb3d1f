import { type OptionParser, problem, value } from './option-parser.ts';
import { quoted } from './quoted.ts';

/** A whole number in plain digits, both bounds included; a `1,000` or `1e3` is none. */
export function parseInteger(least: number, most: number): OptionParser<number> {
  return (text) => {
    const number = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
    if (number >= least && number <= most) return value(number);
    return problem(`expected a whole number from ${least} to ${most}, not ${quoted(text)}`);
  };
}

/** A number with or without decimals, both bounds included. */
export function parseDecimal(least: number, most: number): OptionParser<number> {
  return (text) => {
    const number = /^\d{1,9}(\.\d{1,9})?$/.test(text) ? Number(text) : Number.NaN;
    if (number >= least && number <= most) return value(number);
    return problem(`expected a number from ${least} to ${most}, not ${quoted(text)}`);
  };
}

const booleans: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['1', true],
  ['yes', true],
  ['false', false],
  ['0', false],
  ['no', false],
]);

/** `true`, `1`, `yes` or `false`, `0`, `no`, whatever the case; anything else is a problem, never a silent no. */
export const parseBoolean: OptionParser<boolean> = (text) => {
  const read = booleans.get(text.toLowerCase());
  if (read !== undefined) return value(read);
  return problem(`expected true or false (or 1, 0, yes, no), not ${quoted(text)}`);
};

/** One of a few words, spelled exactly so. */
export function parseChoice<const Choice extends string>(choices: readonly Choice[]): OptionParser<Choice> {
  return (text) => {
    const choice = choices.find((candidate) => candidate === text);
    if (choice !== undefined) return value(choice);
    return problem(`expected ${listWords(choices)}, not ${quoted(text)}`);
  };
}

/** Any text that is not blank; kept as it is. */
export const parseText: OptionParser<string> = (text) =>
  text.trim() === '' ? problem('expected a text that is not blank') : value(text);

/** A path: any text that is not blank and has no NUL, which no file system takes. */
export const parsePath: OptionParser<string> = (text) => {
  if (text.trim() === '') return problem('expected a path that is not blank');
  return text.includes('\0') ? problem(`expected a path, not ${quoted(text)}`) : value(text);
};

/** Positive ids, separated by commas. */
export const parseIds: OptionParser<readonly number[]> = (text) => {
  const words = text.split(',').map((word) => word.trim());
  if (words.every((word) => /^[1-9]\d{0,14}$/.test(word))) return value(words.map(Number));
  return problem(`expected ids separated by commas, such as 3,7, not ${quoted(text)}`);
};

function listWords(words: readonly string[]): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
