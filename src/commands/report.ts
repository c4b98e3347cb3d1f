import { exitCodes, FatalError } from '../exit-code.ts';
import { makeFolders } from '../io/make-folders.ts';
import { type FoundRun, readRunFolder, refuseNoRunFolder } from '../io/read-run-folder.ts';
import { heldFileSystem } from '../io/report-file-system.ts';
import { takeReportPlace } from '../io/report-place.ts';
import { systemClock } from '../io/system-clock.ts';
import type { JournalEvent } from '../journal/journal-event.ts';
import { mergeFacts } from '../journal/merge-facts.ts';
import { buildReportFacts } from '../journal/report-facts.ts';
import { createRequestTally } from '../journal/request-tally.ts';
import { describeMismatch, identityOf } from '../journal/run-identity.ts';
import type { ReportOptions } from '../options/read-report-options.ts';
import { visibleText } from '../plan/visible-text.ts';
import { renderJson } from '../report/render-json.ts';
import { renderSummary } from '../report/render-summary.ts';
import type { ReportFacts } from '../report/report-json.ts';
import { reportSchema } from '../report/report-schema.ts';
import { nextAfterReport } from './next-command.ts';
import type { ProcessSurroundings } from './surroundings.ts';
import { tellContainer } from './tell-container.ts';
import { writeRunReport } from './write-run-report.ts';

/** `offboard report`: the report again, from the run folders alone. Resolves to the exit code. */
export async function reportCommand(
  options: ReportOptions,
  { stdout, stderr, pid, version, signals }: ProcessSurroundings,
): Promise<number> {
  if (options.schema) {
    stdout.write(`${JSON.stringify(reportSchema, null, 2)}\n`);
    return exitCodes.done.code;
  }
  const { folders } = options;
  for (const folder of folders) await refuseNoRunFolder(folder);
  const target = options.out ?? folders[0] ?? '';
  const inform = (message: string) =>
    void stderr.write(`offboard: ${visibleText(message, Number.POSITIVE_INFINITY)}\n`);
  const place = await takeReportPlace(target, folders, {
    pid,
    clock: systemClock,
    signal: signals.first,
    inform,
  });
  try {
    const { runs, facts } = await readRuns(folders, version);
    signals.first.throwIfAborted();
    await makeFolders(target).catch((error: Error) => {
      throw new FatalError('defect', `cannot make the folder ${target}: ${error.message}`);
    });
    const report = await writeRunReport(target, runs, facts, undefined, heldFileSystem(place.look));
    const { stopMessage } = facts;
    // Each shard goes on in a folder of its own.
    const command = runs.length === 1 ? nextAfterReport(runs[0].folder) : undefined;
    stdout.write(
      options.json ? renderJson(report) : renderSummary(report, { folder: target, command, stopMessage }),
    );
    const exitCode = exitCodes.done.code;
    await tellContainer({ exitCode, reason: report.run.reason, folder: target, report });
    return exitCode;
  } finally {
    await place.close();
  }
}

async function readRuns(folders: readonly string[], version: string) {
  const tally = createRequestTally();
  const count = (event: JournalEvent) => {
    if (event.event === 'attempt' || event.event === 'settled') tally.answered(event);
  };
  const runs: FoundRun[] = [];
  for (const folder of folders) runs.push(await readRunFolder(folder, count));
  const [first, ...others] = runs;
  if (first === undefined) throw new FatalError('usage', 'no run folder: name at least one');
  refuseStrangers(first, others);
  const factsOf = ({ memory, plan }: FoundRun): ReportFacts =>
    buildReportFacts(memory.history, plan.counts.records, version);
  const firstFacts = factsOf(first);
  if (others.length === 0) return { runs: [first] as const, facts: firstFacts };
  const all: readonly [ReportFacts, ...ReportFacts[]] = [firstFacts, ...others.map(factsOf)];
  // Shards run side by side: the longest one tells how long it took.
  const figures = tally.figures(Math.max(...all.map(({ requests }) => requests.seconds)));
  return { runs: [first, ...others] as const, facts: mergeFacts(all, figures) };
}

/** One report is only made of the shards of one input, and of each shard once. */
function refuseStrangers(first: FoundRun, others: readonly FoundRun[]): void {
  const shards = new Map([[first.created.shard, first.folder]]);
  for (const { created, folder } of others) {
    const asked = { ...identityOf(created), shard: first.created.shard };
    const mismatch = describeMismatch(identityOf(first.created), asked);
    const twin = shards.get(created.shard);
    const isOtherSplit = created.shard?.split('/')[1] !== first.created.shard?.split('/')[1];
    shards.set(created.shard, folder);
    const because =
      mismatch ??
      (twin !== undefined
        ? `both are ${created.shard === null ? 'of the whole file' : `shard ${created.shard}`}`
        : undefined) ??
      (isOtherSplit ? `shard ${first.created.shard} there, shard ${created.shard} here` : undefined);
    if (because === undefined) continue;
    throw new FatalError(
      'mismatch',
      `${twin ?? first.folder} and ${folder} do not belong together: ${because}.`,
    );
  }
}
