/**
 * Hostile text made fit for one line of a log, a message or a report: at most `maxCharacters` of it (then `…`),
 * with control, format (bidi, zero-width) and line-separating characters and lone surrogates written as escapes.
 */
export function visibleText(text: string, maxCharacters: number): string {
  // A character is at most two code units: a huge cell is not taken apart to show its beginning.
  const characters = Array.from(text.slice(0, 2 * maxCharacters + 2));
  const shown = characters.slice(0, maxCharacters).join('').replace(unprintable, escapeCharacter);
  return characters.length > maxCharacters ? `${shown}…` : shown;
}

/** Controls, format characters (bidi overrides, zero widths), lone surrogates, line and paragraph separators. */
export const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

const shortEscapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function escapeCharacter(character: string): string {
  const hex = Number(character.codePointAt(0)).toString(16).padStart(4, '0');
  return shortEscapes[character] ?? (hex.length > 4 ? `\\u{${hex}}` : `\\u${hex}`);
}
