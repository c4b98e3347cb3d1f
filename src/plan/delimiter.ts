import { type ColumnNames, mapColumns } from './column-mapping.ts';

/** What may separate cells. The order decides where nothing else does. */
export const delimiters = [',', ';', '\t'] as const;

export type Delimiter = (typeof delimiters)[number];

/** The header as one delimiter would split it. */
export interface HeaderReading {
  readonly delimiter: Delimiter;
  readonly cells: readonly string[];
}

/** The delimiter under which both columns are found; else the one that makes the most cells of the header. */
export function chooseDelimiter(readings: readonly HeaderReading[], names: ColumnNames): Delimiter {
  const mapped = readings.filter(({ cells }) => mapColumns(cells, names).kind === 'mapped');
  const [best = { delimiter: delimiters[0] }] = (mapped.length > 0 ? mapped : readings).toSorted(
    (a, b) => b.cells.length - a.cells.length,
  );
  return best.delimiter;
}
