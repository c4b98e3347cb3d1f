import { join } from 'node:path';
import pLimit from 'p-limit';
import { type Outcome, outcomes } from '../plan/outcome.ts';
import { buildReportJson, csvFiles } from '../report/build-report-json.ts';
import { byOutcome } from '../report/by-outcome.ts';
import type { ReportRecord } from '../report/ending.ts';
import { createExcerpt, type Excerpt } from '../report/excerpt.ts';
import { choosePageColumns } from '../report/page-records.ts';
import { buildCsvLayout, type CsvLayout, renderCsvHeader, renderCsvRow } from '../report/render-csv.ts';
import { renderHtml } from '../report/render-html.ts';
import { renderJson } from '../report/render-json.ts';
import type { IdColumns } from '../report/report-columns.ts';
import type { ReportFacts, ReportJson } from '../report/report-json.ts';
import { createSummary, type Summary } from '../report/summary.ts';
import { publishFiles } from './publish-files.ts';
import { diskFileSystem, type ReportFileSystem } from './report-file-system.ts';
import { createStagedFile, namingFile, removeLeftovers, type StagedFile } from './staged-file.ts';

/** What a report is made of. */
export interface ReportSource {
  /** Of the input, as read. */
  readonly header: readonly string[];
  readonly columns: IdColumns;
  /** Every record once, in the order of the input. */
  readonly batches: () => AsyncIterable<readonly ReportRecord[]>;
  readonly facts: ReportFacts;
  /** What the counts have to come to. */
  readonly expected: Readonly<Record<Outcome, number>>;
  /** The command line that goes on with this run, for the page; left out where nobody knows it any more. */
  readonly command?: string | undefined;
}

const pageName = 'report.html';
const voucherName = 'report.json';
const allNames = [...Object.values(csvFiles), pageName, voucherName];

/**
 * Writes the eight CSV files, report.html and report.json into `folder`, all beside first. Where report.json is, the
 * set is whole: the new one after success; the old one where it fails before the first file is replaced; none where a
 * disk refuses in between. Failures are FatalErrors that name the file; counts that do not add up throw a plain Error.
 */
export async function writeReport(
  folder: string,
  source: ReportSource,
  fileSystem: ReportFileSystem = diskFileSystem,
): Promise<ReportJson> {
  await removeLeftovers(folder, allNames, fileSystem);
  const stage = (name: string) => createStagedFile(folder, name, fileSystem);
  const tables = byOutcome((outcome) => stage(csvFiles[outcome]));
  const page = stage(pageName);
  const replaced = [...Object.values(tables), page];
  const voucher = stage(voucherName);
  try {
    const { layout, summary, excerpt } = await writeTables(source, tables);
    const report = buildReportJson(source.facts, summary.figures(), source.expected);
    const { command } = source;
    const { stopMessage } = source.facts;
    page.add(renderHtml({ report, layout, rows: excerpt.rows(), stopMessage, command }));
    voucher.add(renderJson(report));
    await finishAll([...replaced, voucher]);
    await publishFiles(folder, replaced, voucher, fileSystem);
    return report;
  } catch (error) {
    await Promise.all([...replaced, voucher].map((file) => file.discard()));
    throw error;
  }
}

/**
 * Takes away the report.json of an earlier session: what is about to be sent, it would not know of. The other files stay
 * until they are replaced; without it, nothing vouches for them.
 */
export async function withdrawReport(folder: string, fileSystem: ReportFileSystem): Promise<void> {
  const voucher = join(folder, voucherName);
  await namingFile(voucher, () => fileSystem.remove(voucher));
  await namingFile(folder, () => fileSystem.syncFolder(folder));
}

/** Each sync takes one of Node's four threads for files, and the lock's heartbeat needs some, too. */
const finishedAtOnce = 2;

/** A disk that is slow to sync takes two together. Settles once nothing is under way any more. */
async function finishAll(files: readonly StagedFile[]): Promise<void> {
  const limit = pLimit(finishedAtOnce);
  const endings = await Promise.allSettled(files.map((file) => limit(() => file.finish())));
  for (const ending of endings) if (ending.status === 'rejected') throw ending.reason;
}

interface Gathered {
  readonly layout: CsvLayout;
  readonly summary: Summary;
  readonly excerpt: Excerpt;
}

/** One pass over the records: each goes to the table of its outcome, and is counted. */
async function writeTables(
  { header, columns, batches }: ReportSource,
  tables: Readonly<Record<Outcome, StagedFile>>,
): Promise<Gathered> {
  const layout = buildCsvLayout(header, columns);
  const summary = createSummary();
  const excerpt = createExcerpt(choosePageColumns(layout));
  for (const outcome of outcomes) tables[outcome].add(renderCsvHeader(layout));
  for await (const batch of batches()) {
    for (const record of batch) {
      summary.add(record);
      excerpt.add(record);
      const table = tables[record.ending.outcome];
      if (table.add(renderCsvRow(layout, record))) await table.flush();
    }
  }
  return { layout, summary, excerpt };
}
