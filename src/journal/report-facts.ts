import { type ExitName, exitCodes } from '../exit-code.ts';
import type { Outcome, StopReason } from '../plan/outcome.ts';
import type { ReportFacts } from '../report/report-json.ts';
import type { RunHistory } from './run-history.ts';

/** How a session ends by what stopped it and by what became of its records. */
export function exitOf(stop: StopReason | undefined, counts: Readonly<Record<Outcome, number>>): ExitName {
  if (stop !== undefined) return exitOfStop[stop];
  return counts.forbidden + counts.failed + counts.invalid > 0 ? 'attention' : 'done';
}

const exitOfStop: Readonly<Record<StopReason, ExitName>> = {
  interrupted: 'stopped',
  'time-limit': 'stopped',
  outage: 'stopped',
  throttled: 'stopped',
  unauthorized: 'stoppedForAll',
  'all-forbidden': 'stoppedForAll',
  'unrecognised-answer': 'stoppedForAll',
  tls: 'stoppedForAll',
  proxy: 'stoppedForAll',
  journal: 'defect',
};

/** Why what was not attempted was not. */
export function notAttemptedBecause(history: RunHistory): string {
  if (history.lastSession()?.dryRun === true) return 'dry-run';
  return history.lastEnd()?.reason ?? 'interrupted';
}

/** What the journal knows beside the rows. `records` is this shard's number of them. */
export function buildReportFacts(history: RunHistory, records: number, version: string): ReportFacts {
  const created = history.created();
  const session = history.lastSession();
  if (created === undefined || session === undefined)
    throw new Error('a report needs a session in the journal');
  const end = history.lastEnd();
  return {
    tool: { name: created.tool.name, version },
    run: {
      id: created.runId,
      status: end?.status ?? 'stopped',
      reason: end === undefined ? 'interrupted' : end.reason,
      exitCode: end?.exitCode ?? exitCodes.stopped.code,
      startedAt: history.firstSession()?.at ?? session.at,
      finishedAt: history.lastAt(),
      sessions: history.sessions(),
      dryRun: session.dryRun,
      host: session.host,
    },
    target: { ...created.target, apiKeyFingerprint: history.apiKeyFingerprint() },
    input: {
      path: created.input.path,
      sha256: created.input.sha256,
      records,
      ...(created.shard === null ? {} : { fileRecords: created.input.records }),
      columns: created.input.columns,
      shard: created.shard,
    },
    settings: session.settings,
    requests: history.requests(),
    warnings: history.warnings(),
    stopMessage: end === undefined ? 'The run was cut off before its end.' : end.message,
  };
}
