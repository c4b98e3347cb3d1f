/** Most cells are none of this and are written as they are after one look. */
const wantsCare = /^[\s\p{Cc}\p{Cf}=+\-@\uFF1D\uFF0B\uFF0D\uFF20]|[",;\p{Cc}\p{Zl}\p{Zp}]/u;

/**
 * What a spreadsheet may run: OWASP's list (CSV Injection), full-width forms included, also behind white space or
 * invisible characters, since Google Sheets and LibreOffice can strip those before they look.
 */
const formula = /^[\t\r\n]|^[\s\p{Cc}\p{Cf}]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]/u;

/** Begins with a sign, but calculates nothing. */
const plainNumber = /^ *[+-]\d+(?:\.\d+)?$/;

/**
 * `;` and tab are quoted too, so that no guess at the delimiter takes them for one; a leading U+FEFF, so that a file
 * never begins with a byte order mark.
 */
const wantsQuotes = /^\uFEFF|[",;\p{Cc}\p{Zl}\p{Zp}]/u;

/**
 * One cell of a CSV (RFC 4180). What a spreadsheet would run as a formula gets an apostrophe in front; everything
 * else, control characters included, is kept as it was.
 */
export function renderCsvCell(text: string): string {
  if (!wantsCare.test(text)) return text;
  const defused = formula.test(text) && !plainNumber.test(text) ? `'${text}` : text;
  return wantsQuotes.test(defused) ? `"${defused.replaceAll('"', '""')}"` : defused;
}
