import { type Outcome, outcomes } from '../plan/outcome.ts';
import type { RecordTable } from '../plan/record-kind.ts';
import type { Ledger } from './ledger.ts';

/** How a record has ended by what is known now; undefined where it belongs to another shard. */
export function outcomeOf(records: RecordTable, ledger: Ledger, index: number): Outcome | undefined {
  const kind = records.kindAt(index);
  if (kind === 'elsewhere') return undefined;
  if (kind !== 'removal') return kind;
  const settled = ledger.outcomeAt(index);
  // What the journal has settled stays settled; what is still to be tried is not, once its user is protected.
  const isProtected = ledger.isProtected(index) && (settled === undefined || settled === 'failed');
  return isProtected ? 'protected' : (settled ?? 'not-attempted');
}

/** All records of this shard by outcome. */
export function countOutcomes(records: RecordTable, ledger: Ledger): Record<Outcome, number> {
  const counts = Object.fromEntries(outcomes.map((outcome) => [outcome, 0])) as Record<Outcome, number>;
  for (let index = 0; index < records.size; index += 1) {
    const outcome = outcomeOf(records, ledger, index);
    if (outcome !== undefined) counts[outcome] += 1;
  }
  return counts;
}

/** How many removals the same command would try now. */
export function countLeft(records: RecordTable, ledger: Ledger): number {
  let left = 0;
  for (let index = 0; index < records.size; index += 1) if (ledger.isLeft(index)) left += 1;
  return left;
}

/** Whether a session with this protect list (lines in their order) would neither send a request nor change what the report says. */
export function isAllSettled(
  records: RecordTable,
  ledger: Ledger,
  protectedLines: Iterable<number>,
): boolean {
  const lines = protectedLines[Symbol.iterator]();
  let next = lines.next();
  for (let index = 0; index < records.size; index += 1) {
    const isProtectedNow = next.done !== true && next.value === records.lineAt(index);
    if (isProtectedNow) next = lines.next();
    if (ledger.isLeft(index) || ledger.isProtected(index) !== isProtectedNow) return false;
  }
  return true;
}
