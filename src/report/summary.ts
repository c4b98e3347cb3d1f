import type { Outcome } from '../plan/outcome.ts';
import { byOutcome } from './by-outcome.ts';
import type { ReportRecord } from './ending.ts';
import type { ReportJson } from './report-json.ts';

/** What a report says in numbers. */
export type SummaryFigures = Pick<
  ReportJson,
  'counts' | 'reasons' | 'perhapsRemoved' | 'forbiddenByWorkspace'
>;

/** Counts records as they come by. Its memory grows with distinct reasons and forbidden workspaces only. */
export interface Summary {
  add(record: ReportRecord): void;
  figures(): SummaryFigures;
}

/** A summary of no records yet. */
export function createSummary(): Summary {
  const reasons = byOutcome(() => new Map<string, number>());
  const forbidden = new Map<number, number>();
  let perhapsRemoved = 0;

  return {
    add({ workspace, ending }) {
      increment(reasons[ending.outcome], reasonGroup(ending.outcome, ending.reason));
      if (ending.perhapsRemoved) perhapsRemoved += 1;
      if (ending.outcome === 'forbidden' && workspace !== null) increment(forbidden, workspace);
    },
    figures: () => ({
      counts: byOutcome((outcome) => total(reasons[outcome])),
      reasons: nonEmpty(reasons),
      perhapsRemoved,
      forbiddenByWorkspace: [...forbidden]
        .map(([workspace, records]) => ({ workspace, records }))
        .sort((a, b) => b.records - a.records || a.workspace - b.workspace),
    }),
  };
}

/** A duplicate's reason names a line: counted one by one they would be as many as the duplicates. */
function reasonGroup(outcome: Outcome, reason: string): string {
  return outcome === 'duplicate' ? 'duplicate-of-line' : reason;
}

function increment<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function total(counts: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (const count of counts.values()) sum += count;
  return sum;
}

function nonEmpty(reasons: Record<Outcome, ReadonlyMap<string, number>>): SummaryFigures['reasons'] {
  const rows = Object.entries(reasons).filter(([, counts]) => counts.size > 0);
  return Object.fromEntries(rows.map(([outcome, counts]) => [outcome, Object.fromEntries(counts)]));
}
