import type { Pair } from '../effects.ts';
import type { InputColumns } from './column-mapping.ts';
import { parseId } from './parse-id.ts';
import { visibleText } from './visible-text.ts';

/** One data row as it was read. */
export interface InputRecord {
  /** The line it starts on; the header is line 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

/** Why a record cannot be read as a removal. */
export interface InvalidRecord {
  /** `not-an-id:<column>` or `more-cells-than-header`. */
  readonly reason: string;
  /** The offending value, escaped and cut at 60 characters. */
  readonly detail: string;
}

/** Reads a record as a removal. Called for every record at planning, and again when the report is written. */
export function parseRecord(columns: InputColumns, cells: readonly string[]): Pair | InvalidRecord {
  // First of all: a surplus cell means that the ids may have been shifted out of their columns.
  if (cells.length > columns.header.length) {
    const surplus = cells.slice(columns.header.length).filter((cell) => cell.trim() !== '');
    if (surplus.length > 0) return tooManyCells(columns, cells, surplus);
  }
  const workspace = parseId(cellAt(cells, columns.workspace));
  if (workspace === undefined) return notAnId(columns, columns.workspace, cells);
  const user = parseId(cellAt(cells, columns.user));
  if (user === undefined) return notAnId(columns, columns.user, cells);
  return { workspace, user };
}

/** A cell that is missing at the end of a row is an empty one. */
function cellAt(cells: readonly string[], index: number): string {
  return cells[index] ?? '';
}

function notAnId({ header }: InputColumns, index: number, cells: readonly string[]): InvalidRecord {
  const value = cellAt(cells, index).trim();
  return {
    reason: `not-an-id:${visibleText(cellAt(header, index).trim(), 60)}`,
    detail: value === '' ? '(empty)' : visibleText(value, 60),
  };
}

function tooManyCells(
  { header }: InputColumns,
  cells: readonly string[],
  surplus: readonly string[],
): InvalidRecord {
  return {
    reason: 'more-cells-than-header',
    detail: `${cells.length} cells, the header has ${header.length}; surplus: ${visibleText(surplus.slice(0, 60).join(' | '), 60)}`,
  };
}
