/** What a text was read as, or one clause that says what is wrong with it and what would be right. */
export type Parsed<Value> =
  | { readonly kind: 'value'; readonly value: Value }
  | { readonly kind: 'problem'; readonly problem: string };

/** Reads one option's text; pure, never throws. A problem names the text itself, unless it may hold a secret. */
export type OptionParser<Value> = (text: string) => Parsed<Value>;

export function value<Value>(read: Value): Parsed<Value> {
  return { kind: 'value', value: read };
}

export function problem(clause: string): Parsed<never> {
  return { kind: 'problem', problem: clause };
}
