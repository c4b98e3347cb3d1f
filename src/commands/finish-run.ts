import { FatalError } from '../exit-code.ts';
import { heldFileSystem } from '../io/report-file-system.ts';
import type { RunFolder } from '../io/run-folder.ts';
import { buildReportFacts } from '../journal/report-facts.ts';
import type { RunOptions } from '../options/run-options.ts';
import type { Plan } from '../plan/build-plan.ts';
import { renderJson } from '../report/render-json.ts';
import { renderSummary } from '../report/render-summary.ts';
import type { ReportJson } from '../report/report-json.ts';
import { nextCommand } from './next-command.ts';
import type { ProcessSurroundings } from './surroundings.ts';
import { writeRunReport } from './write-run-report.ts';

/** Writes the report of a run whose journal is whole, and says what happened. */
export async function finishRun(
  options: RunOptions,
  { stdout, version }: ProcessSurroundings,
  { path, memory, hold }: RunFolder,
  plan: Plan,
): Promise<ReportJson> {
  const facts = buildReportFacts(memory.history, plan.counts.records, version);
  const command = nextCommand(options, path);
  try {
    await hold.look();
    const report = await writeRunReport(
      path,
      [{ folder: path, plan, memory }],
      facts,
      command,
      heldFileSystem(hold.look),
    );
    const { stopMessage } = facts;
    stdout.write(
      options.json ? renderJson(report) : renderSummary(report, { folder: path, command, stopMessage }),
    );
    return report;
  } catch (error) {
    const lost = hold.failure();
    if (lost !== undefined) throw lost;
    if (!(error instanceof FatalError)) throw error;
    // Everything was sent, whatever keeps the report from being written.
    throw new FatalError(
      'defect',
      `${error.message}\nThe journal is whole: offboard report ${path} writes the report later.`,
    );
  }
}
