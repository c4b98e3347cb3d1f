import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import type { ReportJson } from '../../src/report/report-json.ts';
import { schemaProblems } from './schema-problems.ts';

/** The eight files' names, spelled here again so that a drift of the code shows. */
const outcomes = [
  'removed',
  'not-found',
  'forbidden',
  'failed',
  'invalid',
  'duplicate',
  'protected',
  'not-attempted',
] as const;

/** One row of one of the eight CSV files. */
export interface ReportRow {
  /** The file it stands in, without `.csv`. */
  readonly file: string;
  readonly line: number;
  readonly outcome: string;
  readonly reason: string;
  readonly status: string;
  readonly attempts: number;
  readonly finishedAt: string;
  readonly detail: string;
  /** Every cell by its header, the seven of the report included. */
  readonly cells: Readonly<Record<string, string>>;
}

export interface RunReport {
  readonly json: ReportJson;
  /** In the order of the files, then of the input. */
  readonly rows: readonly ReportRow[];
  readonly html: string;
}

/** Reads a finished run folder; throws where a file is missing or report.json does not fit its schema. */
export function readReport(folder: string): RunReport {
  const json: unknown = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8'));
  const problems = schemaProblems(json);
  if (problems.length > 0) throw new Error(`report.json does not fit its schema: ${problems.join('; ')}`);
  return {
    json: json as ReportJson,
    rows: outcomes.flatMap((outcome) => readRows(folder, outcome)),
    html: readFileSync(join(folder, 'report.html'), 'utf8'),
  };
}

/** The one run folder under `runsFolder`; throws where there is none or more than one. */
export function onlyRunFolder(runsFolder: string): string {
  const names = readdirSync(runsFolder);
  const [name] = names;
  if (name === undefined || names.length > 1) throw new Error(`run folders: ${names.join(', ') || 'none'}`);
  return join(runsFolder, name);
}

function readRows(folder: string, file: string): ReportRow[] {
  const rows: Record<string, string>[] = parse(readFileSync(join(folder, `${file}.csv`)), { columns: true });
  return rows.map((cells) => ({
    file,
    line: Number(cells['line']),
    outcome: cells['outcome'] ?? '',
    reason: cells['reason'] ?? '',
    status: cells['status'] ?? '',
    attempts: Number(cells['attempts']),
    finishedAt: cells['finished_at'] ?? '',
    detail: cells['detail'] ?? '',
    cells,
  }));
}
