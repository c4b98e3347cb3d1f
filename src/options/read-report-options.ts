import { quoted } from './quoted.ts';
import { readFlags } from './read-flags.ts';
import { reportOptionTable } from './report-option-table.ts';
import { resolveOptions } from './resolve-options.ts';
import { usageError } from './usage-error.ts';

/** What `report` was asked to do. */
export interface ReportOptions {
  /** Run folders; none only where the schema is asked for. */
  readonly folders: readonly string[];
  /** Where the report goes; always given where there are several folders. */
  readonly out: string | undefined;
  readonly json: boolean;
  /** Print the JSON Schema of report.json and do nothing else. */
  readonly schema: boolean;
}

/** Options of `report`, from its words alone; throws a usage FatalError that tells everything that is wrong. */
export function readReportOptions(words: readonly string[]): ReportOptions {
  const { given, positionals: folders, problems: misread } = readFlags(words, reportOptionTable);
  const { values, problems: unread } = resolveOptions(reportOptionTable, [given]);
  const problems = [...misread, ...unread];
  if (folders.some((folder) => folder.trim() === '')) problems.push('a run folder has a blank name');
  const twice = folders.find((folder, index) => folders.indexOf(folder) !== index);
  if (twice !== undefined) problems.push(`run folder ${quoted(twice)} is named twice`);
  if (folders.length === 0 && !values.schema && misread.length === 0) {
    problems.push('no run folder: name at least one');
  }
  if (folders.length > 1 && values.out === undefined) {
    problems.push('several run folders make one merged report: say where it goes with --out');
  }
  if (problems.length > 0) throw usageError('report', problems);
  return { folders, out: values.out, json: values.json, schema: values.schema };
}
