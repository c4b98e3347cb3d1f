/** What is kept of a server's own words, in characters. */
const keptLength = 500;

/**
 * A server's words made safe to keep: without control and format characters (line breaks become spaces), without the
 * secrets (a server may echo the key it was sent), cut at 500 characters. Characters go first, so that a secret broken
 * up by them is found; the cut comes last, so that it leaves no part of one.
 */
export function scrub(text: string, secrets: readonly string[]): string {
  let clean = text.replace(/[\t\n\r]+/g, ' ').replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '');
  for (const secret of secrets) {
    if (secret === '') continue;
    for (const form of new Set([secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)])) {
      clean = clean.replaceAll(form, '[api key]');
    }
  }
  return clean.length > keptLength ? `${clean.slice(0, keptLength - 1)}…` : clean;
}
