import type { Ledger } from '../journal/ledger.ts';
import type { RecordTable } from '../plan/record-kind.ts';
import type { Coverage } from './coverage.ts';
import { type OpenRemoval, openRemoval } from './open-removal.ts';
import type { Retries } from './retries.ts';

/** The removals that are left, and which of them is next. */
export interface Work {
  /** When `take` would give one: `now` or before; Infinity where something else than time has to happen first. */
  readyAt(now: number): number;
  /** The next one whose time has come: in turn what waited for its backoff and what is new, then the end of the line. */
  take(now: number): OpenRemoval | undefined;
  /**
   * One to ask with whether the instance is back: now one that waits, now a new one, so that no hopeless one decides.
   * Undefined where its line is not on disk yet.
   */
  takeProbe(now: number): OpenRemoval | undefined;
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

export function createWork(records: RecordTable, ledger: Ledger, coverage: Coverage, retries: Retries): Work {
  const last: OpenRemoval[] = [];
  let probes = 0;
  let wasRetry = false;

  function mayBegin(now: number): boolean {
    return retries.size() < waitingAtMost && coverage.isReady(now);
  }

  function takeNew(now: number): OpenRemoval | undefined {
    const index = coverage.take(now);
    return index === undefined ? undefined : openRemoval(records, ledger, index);
  }

  /** Where those that wait take up the whole window, nothing new can be covered, and no line is on its way. */
  function takeNewProbe(now: number): OpenRemoval | undefined {
    const probe = takeNew(now);
    return probe === undefined && coverage.ahead() === 0 ? retries.takeFirst() : probe;
  }

  /** Nothing new is left: the end of the line has come. */
  function admitLast(now: number): void {
    if (last.length === 0 || coverage.hasMore()) return;
    for (const removal of last.splice(0)) retries.add(removal, now);
  }

  return {
    readyAt(now) {
      admitLast(now);
      return retries.isReady(now) || mayBegin(now) ? now : retries.wakeAt();
    },
    take(now) {
      admitLast(now);
      // In turn: a few that are throttled again and again, and so hold everybody, must not be all that is ever sent.
      const due = wasRetry && mayBegin(now) ? undefined : retries.take(now);
      wasRetry = due !== undefined;
      return due ?? (mayBegin(now) ? takeNew(now) : undefined);
    },
    takeProbe(now) {
      if (retries.size() === 0) for (const removal of last.splice(0)) retries.add(removal, now);
      const isTurnOfWaiting = probes % 2 === 0 ? retries.size() > 0 : !coverage.hasMore();
      const probe = isTurnOfWaiting ? retries.takeFirst() : takeNewProbe(now);
      if (probe !== undefined) probes += 1;
      return probe;
    },
    wait: retries.add,
    goLast: (removal) => last.push(removal),
    nextDueAt: () =>
      last.length > 0 && !coverage.hasMore() ? Number.NEGATIVE_INFINITY : retries.nextDueAt(),
    waiting: () => [...retries.values(), ...last],
    waitingCount: () => retries.size() + last.length,
    hasNew: coverage.hasMore,
  };
}
