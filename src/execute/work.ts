import type { Ledger } from '../journal/ledger.ts';
import type { RecordTable } from '../plan/record-kind.ts';
import type { Coverage } from './coverage.ts';
import { type OpenRemoval, openRemoval } from './open-removal.ts';
import { createRetryQueue } from './retry-queue.ts';

/** The removals that are left, and which of them is next. */
export interface Work {
  /** Whether `take` would give one. */
  isReady(now: number): boolean;
  /** The next one whose time has come: in turn what waited for its backoff and what is new, then the end of the line. */
  take(now: number): OpenRemoval | undefined;
  /** One to ask with whether the instance is back: now one that waits, now a new one, so that no hopeless one decides. */
  takeProbe(): OpenRemoval | undefined;
  /** It waits for its next attempt. */
  wait(removal: OpenRemoval, dueAt: number): void;
  /** It goes behind everything else. */
  goLast(removal: OpenRemoval): void;
  /** When the next one that waits for its backoff is due; Infinity where none does. */
  nextDueAt(): number;
  /** Removals that were tried and are left, those in flight not included. */
  waiting(): readonly OpenRemoval[];
  waitingCount(): number;
  hasNew(): boolean;
}

/** So many may wait for their backoff before no new ones are begun: what is begun takes memory, and may be removed. */
const waitingAtMost = 1_024;

export function createWork(records: RecordTable, ledger: Ledger, coverage: Coverage): Work {
  const retries = createRetryQueue<OpenRemoval>();
  const last: OpenRemoval[] = [];
  let probes = 0;
  let wasRetry = false;

  function mayBegin(): boolean {
    return retries.size() < waitingAtMost && coverage.isReady();
  }

  function takeNew(): OpenRemoval | undefined {
    const index = coverage.take();
    return index === undefined ? undefined : openRemoval(records, ledger, index);
  }

  return {
    isReady(now) {
      if (retries.nextDueAt() <= now) return true;
      if (!coverage.hasMore()) return last.length > 0;
      return mayBegin();
    },
    take(now) {
      // In turn: a few that are throttled again and again, and so hold everybody, must not be all that is ever sent.
      const due = wasRetry && mayBegin() ? undefined : retries.takeDue(now);
      wasRetry = due !== undefined;
      if (due !== undefined) return due;
      if (!coverage.hasMore()) return last.shift();
      return mayBegin() ? takeNew() : undefined;
    },
    takeProbe() {
      probes += 1;
      const waiting = (): OpenRemoval | undefined => retries.takeFirst() ?? last.shift();
      return probes % 2 === 1 ? (waiting() ?? takeNew()) : (takeNew() ?? waiting());
    },
    wait: (removal, dueAt) => retries.add(removal, dueAt),
    goLast: (removal) => last.push(removal),
    nextDueAt: () =>
      last.length > 0 && !coverage.hasMore() ? Number.NEGATIVE_INFINITY : retries.nextDueAt(),
    waiting: () => [...retries.values(), ...last],
    waitingCount: () => retries.size() + last.length,
    hasNew: coverage.hasMore,
  };
}
