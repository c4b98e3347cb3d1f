/** What a stream can show. */
export interface Terminal {
  readonly isTerminal: boolean;
  /** Whether a line may be drawn again in its place: not on a dumb terminal. */
  readonly canRedraw: boolean;
  readonly hasColours: boolean;
}

/**
 * Asks the stream and the environment: NO_COLOR (no-color.org) and FORCE_COLOR (`0` and `false` say no) beat the guess,
 * and a terminal that calls itself dumb gets plain lines.
 */
export function readTerminal(
  stream: { readonly isTTY?: boolean },
  environment: Readonly<Record<string, string | undefined>>,
): Terminal {
  const isTerminal = stream.isTTY === true;
  const canRedraw = isTerminal && environment['TERM'] !== 'dumb';
  const force = environment['FORCE_COLOR'];
  if ((environment['NO_COLOR'] ?? '') !== '') return { isTerminal, canRedraw, hasColours: false };
  const hasColours = force === undefined || force === '' ? canRedraw : force !== '0' && force !== 'false';
  return { isTerminal, canRedraw, hasColours };
}
