import type { OptionParser } from '../../src/options/option-parser.ts';

/** What a parser makes of a text: its value, or its problem as an Error. */
export function outcomeOf<Value>(parse: OptionParser<Value>, text: string): Value | Error {
  const parsed = parse(text);
  return parsed.kind === 'value' ? parsed.value : new Error(parsed.problem);
}

/** The problem that a parser finds in a text. */
export function problemOf(parse: OptionParser<unknown>, text: string): string {
  const outcome = outcomeOf(parse, text);
  return outcome instanceof Error ? outcome.message : `no problem: ${JSON.stringify(outcome)}`;
}
