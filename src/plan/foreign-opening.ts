/**
 * What a file is that was given as a CSV and begins like this, and what to do about it, as the end of a sentence; undefined
 * where nothing speaks against a CSV.
 */
export function describeForeignOpening(opening: string): string | undefined {
  if (/^sep=.?\s*[\r\n]/i.test(opening)) {
    return 'begins with a line "sep=" that only Excel knows: take that line out, since the header has to come first';
  }
  return openings.find(({ begins }) => opening.startsWith(begins))?.is;
}

const saveAsCsv = 'save it as CSV (UTF-8) and give that file';

/** The first bytes of files that are no text, as they read in UTF-8. */
const openings: readonly { readonly begins: string; readonly is: string }[] = [
  { begins: 'PK\u0003\u0004', is: `is a spreadsheet (.xlsx, .ods) or another ZIP file: ${saveAsCsv}` },
  // D0 CF 11 E0 A1 B1, with which the Compound File Binary format begins (MS-CFB, 2.2).
  { begins: '\uFFFD\uFFFD\u0011\u0871', is: `is an old spreadsheet (.xls): ${saveAsCsv}` },
  { begins: '%PDF-', is: 'is a PDF: have the list exported as CSV and give that file' },
];
