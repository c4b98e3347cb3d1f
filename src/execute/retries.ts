import type { Retrying } from '../journal/journal-event.ts';
import type { OpenRemoval } from './open-removal.ts';
import { createRetryQueue } from './retry-queue.ts';

/**
 * Removals that were tried and wait for their next attempt. One whose answers so far said that nothing was done is handed
 * out only once a line on disk says that it may be sent again: without one, a kill leaves it as its answers left it.
 */
export interface Retries {
  add(removal: OpenRemoval, dueAt: number): void;
  /** Whether `take` would give one. */
  isReady(now: number): boolean;
  /** The next one whose time has come. */
  take(now: number): OpenRemoval | undefined;
  /** The next one, whether its time has come or not; undefined where none is left, or its line is not on disk yet. */
  takeFirst(): OpenRemoval | undefined;
  /** When the next one is due, in the past where one only waits for its line; Infinity where none is left. */
  nextDueAt(): number;
  /** When to look again, where none is ready: Infinity where the journal's next change tells. */
  wakeAt(): number;
  /** Removals that a line covers and that were not handed out. */
  ahead(): number;
  size(): number;
  values(): readonly OpenRemoval[];
}

interface RetriesNeeds {
  /** How many removals may be covered and not started, at least 1. */
  readonly window: (now: number) => number;
  /** Writes the line and sees that it is handed to the disk at once; returns its offset. */
  readonly record: (event: Retrying) => number;
  /** A journal line at an offset below this is on disk. */
  readonly durableBytes: () => number;
}

/** No line is needed: a lost reply is in the journal already. */
const always = -1;

export function createRetries({ window, record, durableBytes }: RetriesNeeds): Retries {
  const waiting = createRetryQueue<OpenRemoval>();
  /** Due, in the order they came due; each with the offset of the line that covers it. */
  const due: { readonly removal: OpenRemoval; readonly offset: number }[] = [];
  let ahead = 0;

  function cover(removals: readonly OpenRemoval[]): void {
    const lines = removals.filter(({ hadLostReply }) => !hadLostReply).map(({ line }) => line);
    ahead += lines.length;
    const offset = lines.length === 0 ? always : record({ event: 'retrying', lines });
    for (const removal of removals) due.push({ removal, offset: removal.hadLostReply ? always : offset });
  }

  function coverDue(now: number): void {
    const removals: OpenRemoval[] = [];
    for (let room = Math.max(1, Math.floor(window(now))) - ahead; room > 0; ) {
      const removal = waiting.takeDue(now);
      if (removal === undefined) break;
      removals.push(removal);
      if (!removal.hadLostReply) room -= 1;
    }
    if (removals.length > 0) cover(removals);
  }

  function isFirstReady(): boolean {
    const first = due[0];
    return first !== undefined && first.offset < durableBytes();
  }

  function shift(): OpenRemoval | undefined {
    if (!isFirstReady()) return undefined;
    const first = due.shift();
    if (first !== undefined && first.offset !== always) ahead -= 1;
    return first?.removal;
  }

  function isReady(now: number): boolean {
    if (waiting.nextDueAt() <= now) coverDue(now);
    return isFirstReady();
  }

  return {
    add: waiting.add,
    isReady,
    take: (now) => (isReady(now) ? shift() : undefined),
    takeFirst() {
      const first = due.length > 0 ? undefined : waiting.takeFirst();
      if (first !== undefined) cover([first]);
      return shift();
    },
    nextDueAt: () => (due.length > 0 ? Number.NEGATIVE_INFINITY : waiting.nextDueAt()),
    wakeAt: () => (due.length > 0 ? Number.POSITIVE_INFINITY : waiting.nextDueAt()),
    ahead: () => ahead,
    size: () => due.length + waiting.size(),
    values: () => [...due.map(({ removal }) => removal), ...waiting.values()],
  };
}
