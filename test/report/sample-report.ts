import fc from 'fast-check';
import { outcomes } from '../../src/plan/outcome.ts';
import { buildReportJson } from '../../src/report/build-report-json.ts';
import { byOutcome } from '../../src/report/by-outcome.ts';
import type { Ending, ReportRecord } from '../../src/report/ending.ts';
import type { ReportFacts, ReportJson } from '../../src/report/report-json.ts';
import { createSummary } from '../../src/report/summary.ts';

/** A record that was removed, but for what is given. */
export function recordOf(ending: Partial<Ending> = {}, rest: Partial<ReportRecord> = {}): ReportRecord {
  return {
    line: 2,
    cells: ['12', '34', 'Ada'],
    workspace: 12,
    user: 34,
    ...rest,
    ending: {
      outcome: 'removed',
      reason: 'deleted',
      status: 204,
      attempts: 1,
      finishedAt: '2026-11-24T23:53:42.123Z',
      detail: '',
      perhapsRemoved: false,
      ...ending,
    },
  };
}

/** What a journal of `records` records knows, but for what is given. */
export function factsOf(
  records: number,
  run: Partial<ReportFacts['run']> = {},
  rest: Partial<ReportFacts> = {},
): ReportFacts {
  return {
    tool: { name: 'paradigm-offboard', version: '1.2.3' },
    run: {
      id: 'run-1',
      status: 'completed',
      reason: null,
      exitCode: 0,
      startedAt: '2026-11-24T23:53:42.000Z',
      finishedAt: '2026-11-24T23:54:42.000Z',
      sessions: 1,
      dryRun: false,
      host: 'ops-1',
      ...run,
    },
    target: {
      baseUrl: 'https://paradigm.example',
      scope: 'instance',
      apiKeyFingerprint: 'sha256:0123456789ab',
    },
    input: {
      path: 'leavers.csv',
      sha256: 'ab'.repeat(32),
      records,
      columns: { workspace: 'workspace_id', user: 'user_id' },
      shard: null,
    },
    settings: { rate: 10, concurrency: 8, timeout: '30s', maxDuration: null },
    requests: {
      sent: 3,
      retries: 1,
      throttled: 0,
      seconds: 2.5,
      perSecond: 1.2,
      latencyMs: { p50: 10, p95: 20, p99: 30, max: 40 },
    },
    warnings: [],
    stopMessage: null,
    ...rest,
  };
}

/** The report of these records. */
export function reportOf(
  records: readonly ReportRecord[],
  run: Partial<ReportFacts['run']> = {},
  rest: Partial<ReportFacts> = {},
): ReportJson {
  const summary = createSummary();
  for (const record of records) summary.add(record);
  return buildReportJson(factsOf(records.length, run, rest), summary.figures(), countsOf(records));
}

/** How many of these records there are of each outcome, counted in another way than the summary does. */
export function countsOf(records: readonly ReportRecord[]): ReportJson['counts'] {
  return byOutcome((outcome) => records.filter(({ ending }) => ending.outcome === outcome).length);
}

/** So many records of some outcomes, each with a reason that fits. */
export function recordsOf(counts: Partial<ReportJson['counts']>): readonly ReportRecord[] {
  return outcomes.flatMap((outcome) =>
    Array.from({ length: counts[outcome] ?? 0 }, (_, index) =>
      recordOf({ outcome, reason: reasons[outcome] }, { line: index + 2 }),
    ),
  );
}

const reasons = byOutcome(
  (outcome) =>
    ({
      removed: 'deleted',
      'not-found': 'absent',
      forbidden: 'insufficient-rights',
      failed: 'http-418',
      invalid: 'not-an-id:user_id',
      duplicate: 'duplicate-of-line-2',
      protected: 'on-protect-list',
      'not-attempted': 'outage',
    })[outcome],
);

/** Cells as a hostile file may hold them. */
export const hostileCells = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc
    .array(
      fc.constantFrom('=', '+', '-', '@', '\t', '\r', '\n', ' ', '"', ',', ';', "'", '1', 'x', '＝', '\0'),
      {
        maxLength: 8,
      },
    )
    .map((characters) => characters.join('')),
);

/** Records of every kind. */
export const anyRecords = fc.array(
  fc
    .record({
      outcome: fc.constantFrom(...outcomes),
      workspace: fc.integer({ min: 1, max: 9 }),
      cell: hostileCells,
      reason: fc.constantFrom('a', 'b'),
      perhaps: fc.boolean(),
    })
    .map(({ outcome, workspace, cell, reason, perhaps }) =>
      recordOf(
        {
          outcome,
          reason: outcome === 'duplicate' ? `duplicate-of-line-${workspace}` : reason,
          perhapsRemoved: perhaps,
        },
        { workspace, cells: [String(workspace), cell, cell] },
      ),
    ),
  { maxLength: 60 },
);
