import { finished } from 'node:stream/promises';
import { type CsvError, type Parser, parse } from 'csv-parse';
import { FatalError } from '../exit-code.ts';
import type { Delimiter } from '../plan/delimiter.ts';
import type { InputRecord } from '../plan/parse-record.ts';

/** What is CSV to us, whatever the delimiter. */
export const csvSyntax = {
  record_delimiter: ['\r\n', '\n', '\r'],
  relax_quotes: true,
  relax_column_count: true,
};

/** A record may be this long, in characters: beyond, it is a quote that never closes, and would fill the memory. */
const maxRecordLength = 1024 * 1024;

/**
 * Parses pieces of one CSV into batches of records, one a piece at most. Rejects with a FatalError (usage) where a
 * quote never closes.
 */
export async function* parseCsvPieces(
  pieces: AsyncIterable<string>,
  delimiter: Delimiter,
  name: string,
): AsyncGenerator<readonly InputRecord[], void, undefined> {
  const parser = parse({ ...csvSyntax, delimiter });
  // What goes wrong also rejects the write or the end it happens in.
  parser.on('error', () => undefined);
  const lines = createLineCount();
  let pending = 0;
  for await (const piece of pieces) {
    const rows = await write(parser, piece);
    pending = rows.length > 0 ? piece.length : pending + piece.length;
    const records = lines.number(rows);
    if (records.length > 0) yield records;
    if (pending > maxRecordLength) throw tooLong(name, lines.next());
  }
  const records = lines.number(await write(parser, flushing));
  if (records.length > 0) yield records;
  await end(parser, name, lines.next());
}

/**
 * The parser holds the last few bytes back, to look ahead. Blank lines push them through, and so every whole record
 * has been numbered before an unclosed quote is said.
 */
const flushing = '\n'.repeat(8);

/** Resolves to the records that this piece completes. */
async function write(parser: Parser, piece: string): Promise<readonly (readonly string[])[]> {
  const isWritten = new Promise<void>((resolve, reject) => {
    parser.write(piece, (error) => (error ? reject(error) : resolve()));
  });
  const rows: string[][] = [];
  for (let row = readRow(parser); row !== null; row = readRow(parser)) rows.push(row);
  await isWritten;
  return rows;
}

function readRow(parser: Parser): string[] | null {
  return parser.read();
}

async function end(parser: Parser, name: string, line: number): Promise<void> {
  const isEnded = finished(parser, { readable: false });
  parser.end();
  try {
    await isEnded;
  } catch (error) {
    if ((error as CsvError).code !== 'CSV_QUOTE_NOT_CLOSED') throw error;
    throw new FatalError('usage', `${name}: a quote in the record that starts on line ${line} never closes.`);
  }
}

function tooLong(name: string, line: number): FatalError {
  return new FatalError(
    'usage',
    `${name}: the record that starts on line ${line} is longer than 1 MiB; a quote in it probably never closes.`,
  );
}

/**
 * Numbers records by counting line breaks, those inside of cells included; the parser's own `info` costs two thirds
 * of its speed.
 */
function createLineCount() {
  let next = 1;
  return {
    /** The line the next record starts on. */
    next: () => next,
    /** The records with their lines, blank lines left out. */
    number(rows: readonly (readonly string[])[]): readonly InputRecord[] {
      const records: InputRecord[] = [];
      for (const cells of rows) {
        if (!isBlank(cells)) records.push({ line: next, cells });
        next += 1 + lineBreaksIn(cells);
      }
      return records;
    },
  };
}

function isBlank(cells: readonly string[]): boolean {
  return cells.length <= 1 && (cells[0] ?? '').trim() === '';
}

function lineBreaksIn(cells: readonly string[]): number {
  let breaks = 0;
  for (const cell of cells) {
    if (cell.includes('\n') || cell.includes('\r')) breaks += cell.match(/\r\n|\n|\r/g)?.length ?? 0;
  }
  return breaks;
}
