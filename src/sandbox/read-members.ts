import { createReadStream } from 'node:fs';
import type { Duplex } from 'node:stream';
import { type Options, parse } from 'csv-parse';
import type { Pair } from '../effects.ts';
import { FatalError } from '../exit-code.ts';

const parsing = {
  bom: true,
  delimiter: [',', ';', '\t'],
  skip_empty_lines: true,
  trim: true,
  relax_column_count: true,
  relax_quotes: true,
} satisfies Options;

/** The memberships of a CSV with a workspace and a user column; one that cannot be read is a usage error. */
export async function readMembers(path: string): Promise<Pair[]> {
  const pairs: Pair[] = [];
  let columns: { workspace: number; user: number } | undefined;
  try {
    const rows: Duplex & AsyncIterable<readonly string[]> = parse(parsing);
    // pipe() alone would leave the reader waiting where the file cannot be opened.
    const file = createReadStream(path).once('error', (error) => rows.destroy(error));
    file.pipe(rows);
    for await (const cells of rows) {
      if (columns === undefined) columns = findColumns(cells);
      else pairs.push({ workspace: readId(cells[columns.workspace]), user: readId(cells[columns.user]) });
    }
  } catch (error) {
    throw new FatalError('usage', `The members file ${path} cannot be read: ${(error as Error).message}`);
  }
  return pairs;
}

function findColumns(header: readonly string[]): { workspace: number; user: number } {
  const names = header.map((name) => name.toLowerCase().replaceAll(/[\s_-]/g, ''));
  const workspace = names.findIndex((name) => name === 'workspaceid' || name === 'workspace');
  const user = names.findIndex((name) => name === 'userid' || name === 'user');
  if (workspace < 0 || user < 0) throw new Error('its header names no workspace_id and user_id column');
  return { workspace, user };
}

function readId(cell: string | undefined): number {
  const id = Number(cell);
  if (!Number.isSafeInteger(id) || id < 1) throw new Error(`${JSON.stringify(cell ?? '')} is no id`);
  return id;
}
