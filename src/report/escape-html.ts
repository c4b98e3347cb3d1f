import { spellUnseen } from './unseen-characters.ts';

/**
 * Text as text, in an element or a quoted attribute: never markup. What cannot be seen is spelled, `⟨U+202E⟩`;
 * tabs and line breaks stay.
 */
export function escapeHtml(text: string): string {
  return spellUnseen(text.replaceAll('\r\n', '\n'), (hex) => harmless[hex] ?? `⟨U+${hex}⟩`)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** Part of many honest cells. */
const harmless: Readonly<Record<string, string>> = { '0009': '\t', '000A': '\n' };
