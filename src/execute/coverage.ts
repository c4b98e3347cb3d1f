import type { Starting } from '../journal/journal-event.ts';
import type { Ledger } from '../journal/ledger.ts';
import type { RecordTable } from '../plan/record-kind.ts';

/**
 * Hands out the removals in their order, each only once a watermark that covers it is on disk. After a kill, whatever
 * was covered and not answered may have been sent; so the watermark never runs further ahead than `window`.
 */
export interface Coverage {
  /** The next removal that may start, by its record's index; undefined where none is covered on disk yet, or none is left. */
  take(now: number): number | undefined;
  /** Whether `take` would give one. */
  isReady(now: number): boolean;
  /** Removals that are covered and were not taken. */
  ahead(): number;
  /** Some are left, covered or not. */
  hasMore(): boolean;
  /** Lines that were covered and never taken. */
  unsent(): { fresh: number[]; again: number[] };
}

interface Stretch {
  readonly pass: Starting['pass'];
  readonly indexes: readonly number[];
  taken: number;
  /** Where the watermark's line begins in the journal. */
  readonly offset: number;
}

interface CoverageNeeds {
  readonly records: RecordTable;
  readonly ledger: Ledger;
  /** How many removals may be covered and not started. */
  readonly window: (now: number) => number;
  /** Writes the watermark and sees that it is handed to the disk at once; returns its offset. */
  readonly record: (event: Starting) => number;
  /** A journal line at an offset below this is on disk. */
  readonly durableBytes: () => number;
}

/** What no session has covered goes first, then what one has: those may be hopeless, and must not keep the others waiting. */
export function createCoverage({ records, ledger, window, record, durableBytes }: CoverageNeeds): Coverage {
  const candidates = leftInOrder(records, ledger);
  const stretches: Stretch[] = [];
  let upcoming = candidates.next();
  let coveredAhead = 0;

  function extend(now: number): void {
    const size = Math.floor(window(now));
    if (upcoming.done === true || coveredAhead > size / 2) return;
    const { pass } = upcoming.value;
    const indexes: number[] = [];
    while (upcoming.done !== true && upcoming.value.pass === pass && coveredAhead + indexes.length < size) {
      indexes.push(upcoming.value.index);
      upcoming = candidates.next();
    }
    const lastIndex = indexes.at(-1);
    if (lastIndex === undefined) return;
    coveredAhead += indexes.length;
    const offset = record({ event: 'starting', pass, throughLine: records.lineAt(lastIndex) });
    stretches.push({ pass, indexes, taken: 0, offset });
  }

  function isReady(now: number): boolean {
    extend(now);
    const first = stretches[0];
    return first !== undefined && first.offset < durableBytes();
  }

  return {
    isReady,
    take(now) {
      if (!isReady(now)) return undefined;
      const stretch = stretches[0] as Stretch;
      const index = stretch.indexes[stretch.taken];
      stretch.taken += 1;
      coveredAhead -= 1;
      if (stretch.taken === stretch.indexes.length) stretches.shift();
      return index;
    },
    ahead: () => coveredAhead,
    hasMore: () => stretches.length > 0 || upcoming.done !== true,
    unsent() {
      const lines: { fresh: number[]; again: number[] } = { fresh: [], again: [] };
      for (const { pass, indexes, taken } of stretches) {
        for (const index of indexes.slice(taken)) lines[pass].push(records.lineAt(index));
      }
      return lines;
    },
  };
}

/** Decided lazily, always ahead of the watermark: what `record` covers changes what the ledger says of it. */
function* leftInOrder(
  records: RecordTable,
  ledger: Ledger,
): Generator<{ readonly pass: Starting['pass']; readonly index: number }, undefined> {
  for (let index = 0; index < records.size; index += 1) {
    if (!ledger.isCovered(index) && ledger.isLeft(index)) yield { pass: 'fresh', index };
  }
  for (let index = 0; index < records.size; index += 1) {
    if (ledger.isCovered(index) && !ledger.isOfThisSession(index) && ledger.isLeft(index))
      yield { pass: 'again', index };
  }
  return undefined;
}
