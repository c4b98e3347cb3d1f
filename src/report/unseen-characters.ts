import { unprintable } from '../plan/visible-text.ts';

/**
 * Spells out characters that cannot be seen or that move their neighbours, so that hostile text cannot pose as
 * something else. `spell` gets the code point in upper-case hex, at least four digits.
 */
export function spellUnseen(text: string, spell: (hex: string) => string): string {
  return text.replace(unprintable, (character) => {
    const codePoint = character.codePointAt(0) ?? 0;
    return spell(codePoint.toString(16).toUpperCase().padStart(4, '0'));
  });
}
