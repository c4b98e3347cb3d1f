import type { Clock } from '../../src/effects.ts';

/** A clock that only moves when told to, or when nobody has anything else to do. */
export interface FakeClock extends Clock {
  /** Moves on by `ms`; whoever sleeps until then is called, in order, at its own instant. */
  advance(ms: number): Promise<void>;
  /** Jumps from sleeper to sleeper until `work` has ended; throws where it waits for something else than time. */
  runUntil<T>(work: Promise<T>): Promise<T>;
  /** How many wait. */
  sleepers(): number;
  /** Moves the wall clock alone, as an administrator or NTP does. */
  shiftWall(ms: number): void;
}

interface Sleeper {
  readonly at: number;
  readonly callback: () => void;
}

/**
 * Starts at 0 by the monotonic clock and at `wallStart` (epoch milliseconds) by the wall clock. Each look at it takes
 * `lookMs`, as a real one does.
 */
export function createFakeClock(wallStart = Date.UTC(2026, 10, 24, 23, 53, 42), lookMs = 0): FakeClock {
  let now = 0;
  let wallOffset = wallStart;
  const sleepers = new Set<Sleeper>();

  /** The next one due by `limit`; of equals the one that lay down first, as Set keeps insertion order. */
  function nextSleeper(limit: number): Sleeper | undefined {
    let next: Sleeper | undefined;
    for (const sleeper of sleepers) {
      if (sleeper.at <= limit && (next === undefined || sleeper.at < next.at)) next = sleeper;
    }
    return next;
  }

  async function wake(sleeper: Sleeper): Promise<void> {
    sleepers.delete(sleeper);
    now = Math.max(now, sleeper.at);
    sleeper.callback();
    await settleMicrotasks();
  }

  return {
    now() {
      now += lookMs;
      return now;
    },
    wallNow: () => wallOffset + now,
    after(delayMs, callback) {
      const sleeper = { at: now + Math.max(0, delayMs), callback };
      sleepers.add(sleeper);
      return () => void sleepers.delete(sleeper);
    },
    async advance(ms) {
      const end = now + ms;
      await settleMicrotasks();
      for (let next = nextSleeper(end); next !== undefined; next = nextSleeper(end)) await wake(next);
      now = end;
    },
    async runUntil(work) {
      let isOver = false;
      const over = () => {
        isOver = true;
      };
      work.then(over, over);
      await settleMicrotasks();
      while (!isOver) {
        const next = nextSleeper(Number.POSITIVE_INFINITY);
        if (next === undefined) throw new Error(`at ${now} ms nobody sleeps, but the work has not ended`);
        await wake(next);
      }
      return work;
    },
    sleepers: () => sleepers.size,
    shiftWall(ms) {
      wallOffset += ms;
    },
  };
}

/** One turn of the event loop: every promise that can go on without time or input has gone on. */
function settleMicrotasks(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
