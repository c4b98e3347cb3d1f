import { exitCodes } from '../exit-code.ts';
import type { ReportFacts, RequestFigures } from '../report/report-json.ts';

/** Facts of several shards' runs as those of one report. `requests` is counted over all of their journals together. */
export function mergeFacts(
  all: readonly [ReportFacts, ...ReportFacts[]],
  requests: RequestFigures,
): ReportFacts {
  const [first] = all;
  const stopped = worst(all.filter(({ run }) => run.status === 'stopped'));
  const missing = missingShards(all);
  const shards = all.map(({ input }) => input.shard).join(', ');
  return {
    ...first,
    run: {
      ...first.run,
      id: unique(all.map(({ run }) => run.id)),
      status: stopped === undefined ? 'completed' : 'stopped',
      reason: stopped?.run.reason ?? null,
      exitCode: worst(all)?.run.exitCode ?? first.run.exitCode,
      startedAt: all.map(({ run }) => run.startedAt).reduce((a, b) => (a < b ? a : b)),
      finishedAt: all.map(({ run }) => run.finishedAt).reduce((a, b) => (a > b ? a : b)),
      sessions: all.reduce((sum, { run }) => sum + run.sessions, 0),
      dryRun: all.every(({ run }) => run.dryRun),
      host: unique(all.map(({ run }) => run.host)),
    },
    input: {
      ...first.input,
      records: all.reduce((sum, { input }) => sum + input.records, 0),
      shard: missing.length === 0 ? null : shards,
    },
    requests,
    warnings: [
      ...(missing.length === 0
        ? []
        : [`of this input, shard ${missing.join(', ')} is missing: its records are not in this report`]),
      ...all.flatMap(({ input, warnings }) => warnings.map((warning) => `shard ${input.shard}: ${warning}`)),
    ],
    stopMessage: stopped?.stopMessage ?? null,
  };
}

/** When several exit codes fit, the first of these counts. */
const gravest = [
  exitCodes.defect.code,
  exitCodes.stoppedForAll.code,
  exitCodes.mismatch.code,
  exitCodes.stopped.code,
  exitCodes.attention.code,
  exitCodes.done.code,
] as const;

function worst(all: readonly ReportFacts[]): ReportFacts | undefined {
  const rank = ({ run }: ReportFacts) => gravest.indexOf(run.exitCode as (typeof gravest)[number]);
  return [...all].sort((a, b) => rank(a) - rank(b))[0];
}

function missingShards(all: readonly ReportFacts[]): readonly string[] {
  const count = Number(all[0]?.input.shard?.split('/')[1] ?? 1);
  const there = new Set(all.map(({ input }) => input.shard));
  const shards = Array.from({ length: count }, (_, index) => `${index + 1}/${count}`);
  return count === 1 ? [] : shards.filter((shard) => !there.has(shard));
}

function unique(values: readonly string[]): string {
  return [...new Set(values)].join(', ');
}
