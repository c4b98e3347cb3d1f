import { renderCsvCell } from './csv-cell.ts';
import type { ReportRecord } from './ending.ts';
import { type IdColumns, nameInputColumns, reportColumns } from './report-columns.ts';

/** How the rows of one report are laid out. */
export interface CsvLayout {
  /** The input's columns as the report names them. */
  readonly names: readonly string[];
  readonly ids: IdColumns;
  /** Cells a record of the input may have, the columns of an earlier report included. */
  readonly inputWidth: number;
}

/** The layout for an input with this header. */
export function buildCsvLayout(header: readonly string[], ids: IdColumns): CsvLayout {
  return { names: nameInputColumns(header, ids), ids, inputWidth: header.length };
}

/** The header line, CRLF included. */
export function renderCsvHeader({ names }: CsvLayout): string {
  return `${[...names, ...reportColumns].map(renderCsvCell).join(',')}\r\n`;
}

/**
 * One record as a line, CRLF included; always as wide as the header. Cells beyond the header go to `detail`, as JSON,
 * and the ids of such a shifted record are written as text (`'5`): fed back, it must not read as a removal.
 */
export function renderCsvRow(layout: CsvLayout, record: ReportRecord): string {
  const { line, ending } = record;
  const { outcome, reason, status, attempts, finishedAt } = ending;
  const surplus = surplusCells(layout, record.cells);
  const detail =
    surplus === undefined ? ending.detail : `${ending.detail}; further cells: ${JSON.stringify(surplus)}`;
  let row = '';
  for (let column = 0; column < layout.names.length; column += 1) {
    row += `${renderInputCell(layout, record, column, surplus !== undefined)},`;
  }
  // `toFixed`: V8 keeps the texts of numbers in templates for the next time, which never comes; a million fill tens of megabytes.
  return `${row}${line.toFixed(0)},${outcome},${renderCsvCell(reason)},${status ?? ''},${attempts},${finishedAt ?? ''},${renderCsvCell(detail)}\r\n`;
}

/** Everything behind the input's own columns where some cell is beyond the header: any of it may have been shifted. */
function surplusCells(
  { names, inputWidth }: CsvLayout,
  cells: readonly string[],
): readonly string[] | undefined {
  if (cells.length <= inputWidth) return undefined;
  const isShifted = cells.slice(inputWidth).some((cell) => cell.trim() !== '');
  return isShifted ? cells.slice(names.length) : undefined;
}

function renderInputCell(
  layout: CsvLayout,
  record: ReportRecord,
  column: number,
  isShifted: boolean,
): string {
  const cell = record.cells[column] ?? '';
  if (column !== layout.ids.workspace && column !== layout.ids.user) return renderCsvCell(cell);
  const trimmed = cell.trim();
  // Of an invalid record the other id may be fine; a defused tab in front of it would spoil it.
  if (!/^\d{1,16}$/.test(trimmed)) return renderCsvCell(cell);
  return isShifted ? `'${trimmed}` : trimmed;
}
