import { parse } from 'csv-parse/sync';
import { FatalError } from '../exit-code.ts';
import type { ColumnNames } from '../plan/column-mapping.ts';
import { chooseDelimiter, type Delimiter, delimiters } from '../plan/delimiter.ts';
import { describeForeignOpening } from '../plan/foreign-opening.ts';
import type { InputRecord } from '../plan/parse-record.ts';
import { csvSyntax, parseCsvPieces } from './csv-pieces.ts';

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
  const foreign = describeForeignOpening(opening.join(''));
  if (foreign !== undefined) throw new FatalError('usage', `${name} ${foreign}.`);
  const delimiter = tellDelimiter(opening.join(''), names);
  const batches = parseCsvPieces(rejoin(opening, pieces), delimiter, name);
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
    const [cells = []]: string[][] = parse(text, { ...csvSyntax, delimiter, to: 1 });
    return cells;
  } catch {
    return []; // A quote that is not closed: said, with its line, when the records are read.
  }
}

async function* rejoin(
  opening: readonly string[],
  rest: AsyncIterator<string>,
): AsyncGenerator<string, void, undefined> {
  try {
    yield* opening;
    for (let piece = await rest.next(); piece.done !== true; piece = await rest.next()) yield piece.value;
  } finally {
    await rest.return?.(); // Whoever stops reading early lets go of the source, too.
  }
}

async function* startingWith(
  records: readonly InputRecord[],
  batches: AsyncGenerator<readonly InputRecord[], void, undefined>,
): AsyncGenerator<readonly InputRecord[], void, undefined> {
  try {
    if (records.length > 0) yield records;
    yield* batches;
  } finally {
    await batches.return();
  }
}
