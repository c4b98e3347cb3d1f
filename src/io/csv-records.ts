import { finished } from 'node:stream/promises';
import { type CsvError, type Parser, parse } from 'csv-parse';
import { parse as parseAtOnce } from 'csv-parse/sync';
import { FatalError } from '../exit-code.ts';
import type { ColumnNames } from '../plan/column-mapping.ts';
import { chooseDelimiter, type Delimiter, delimiters } from '../plan/delimiter.ts';
import type { InputRecord } from '../plan/parse-record.ts';

/** A CSV whose header has been read; its records follow in batches, as the texts they are cut from come in. */
export interface CsvRecords {
  readonly header: InputRecord;
  readonly delimiter: Delimiter;
  /** To be read once. */
  readonly batches: AsyncIterable<readonly InputRecord[]>;
}

/**
 * Reads CSV from pieces of text. Lines end in LF, CRLF or CR, also mixed; blank lines are left out, but counted.
 * `"abc"def`, where a closing quote is followed by something else, is taken as it stands, quotes included.
 * `name` is how messages call the file. Rejects with a FatalError where there is no header or a quote never closes.
 */
export async function readCsvRecords(
  texts: AsyncIterable<string>,
  name: string,
  names: ColumnNames,
): Promise<CsvRecords> {
  const pieces = texts[Symbol.asyncIterator]();
  const opening = await readOpening(pieces);
  const delimiter = tellDelimiter(opening.join(''), names);
  const batches = parsePieces(rejoin(opening, pieces), delimiter, name);
  const first = await batches.next();
  const [header, ...records] = first.done === true ? [] : first.value;
  if (header === undefined) throw new FatalError('usage', `${name} is empty: it has no header.`);
  return { header, delimiter, batches: startingWith(records, batches) };
}

/** How much is looked at to tell the delimiter; a header that is longer is judged by its beginning. */
const openingLength = 64 * 1024;

async function readOpening(pieces: AsyncIterator<string>): Promise<readonly string[]> {
  const opening: string[] = [];
  let length = 0;
  while (length < openingLength) {
    const piece = await pieces.next();
    if (piece.done === true) break;
    opening.push(piece.value);
    length += piece.value.length;
  }
  return opening;
}

function tellDelimiter(opening: string, names: ColumnNames): Delimiter {
  const start = opening.replace(/^(?:[^\S\r\n]*(?:\r\n|\n|\r))+/, '');
  const readings = delimiters.map((delimiter) => ({ delimiter, cells: firstRecord(start, delimiter) }));
  return chooseDelimiter(readings, names);
}

function firstRecord(text: string, delimiter: Delimiter): readonly string[] {
  try {
    const [cells = []]: string[][] = parseAtOnce(text, { ...syntax, delimiter, to: 1 });
    return cells;
  } catch {
    return []; // A quote that is not closed: said, with its line, when the records are read.
  }
}

const syntax = {
  record_delimiter: ['\r\n', '\n', '\r'],
  relax_quotes: true,
  relax_column_count: true,
};

async function* rejoin(
  opening: readonly string[],
  rest: AsyncIterator<string>,
): AsyncGenerator<string, void, undefined> {
  yield* opening;
  for (let piece = await rest.next(); piece.done !== true; piece = await rest.next()) yield piece.value;
}

async function* startingWith(
  records: readonly InputRecord[],
  batches: AsyncIterable<readonly InputRecord[]>,
): AsyncGenerator<readonly InputRecord[], void, undefined> {
  if (records.length > 0) yield records;
  yield* batches;
}

/** A record may be this long, in characters: beyond, it is a quote that never closes, and would fill the memory. */
const maxRecordLength = 1024 * 1024;

async function* parsePieces(
  pieces: AsyncIterable<string>,
  delimiter: Delimiter,
  name: string,
): AsyncGenerator<readonly InputRecord[], void, undefined> {
  const parser = parse({ ...syntax, delimiter });
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
