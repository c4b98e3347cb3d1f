/**
 * When the next request may start so that the rate is never exceeded, and hardly ever missed.
 *
 * Two rules together. Even spacing: the generic cell rate algorithm, whose one number, the theoretical arrival time,
 * says when the next request would start if all were evenly spaced. The window: no second ever holds more than
 * rate + 1 requests (above 1,000 a second: 1 % more), counted by the instant at which each was written. A start that
 * comes late (timers round up, the event loop is busy) is caught up on, up to 100 ms of it; the window makes sure that
 * catching up never exceeds the promise.
 *
 * A request that has started may wait for its connection, and be written at any moment from then on; until it is, it
 * counts as if it were written now. So however long connections take, and in whatever order they come up, whichever
 * request of a crowded second started last would not have been let go.
 */
export interface RateCeiling {
  /**
   * The earliest instant for the next start, asked when nothing else keeps it from starting; in the past means now,
   * Infinity: not before one of those that have started is `sent`.
   */
  nextStartAt(now: number): number;
  /** A request starts at `now`, the same reading of the clock that `nextStartAt` was asked with. */
  started(now: number): void;
  /**
   * One of those that have started was written at `now`, or it became known that it never will be. Returns when the
   * next one may start where this was what it had to wait for, else Infinity.
   */
  sent(now: number): number;
  /** Something else than the pace keeps requests from starting, or nobody wants to: that time is not caught up on. */
  rest(): void;
  /** Spaces by this rate from now on, if it is below the ceiling; the window stays the ceiling's. */
  slowTo(ratePerSecond: number): void;
}

const catchUpMs = 100;
/** Below the ceiling it is the server's own limit that counts, which may allow no more at once than what is even. */
const slowedCatchUpMs = 20;

/** The promise's second, and a margin for what the way to the server squeezes together. */
const windowMs = 1_005;

/** `ceilingPerSecond` may be Infinity: then only `slowTo` spaces the requests. */
export function createRateCeiling(ceilingPerSecond: number): RateCeiling {
  /** When the last ones were written, the oldest of them at `oldest`. */
  const written = new Float64Array(
    Number.isFinite(ceilingPerSecond) ? Math.max(1, Math.ceil(ceilingPerSecond)) : 0,
  );
  written.fill(Number.NEGATIVE_INFINITY);
  /** What is written at an even pace takes the ring alone; only what waits for its connection may use all of the promise. */
  const spare = mostInASecond(ceilingPerSecond) - written.length;
  let oldest = 0;
  /** Started, and not written yet. */
  let unwritten = 0;
  const shortestIntervalMs = 1_000 / ceilingPerSecond;
  let intervalMs = shortestIntervalMs;
  let arrivalAt = Number.NEGATIVE_INFINITY;
  /** Since when nothing but the pace has kept requests from starting. */
  let wantedAt: number | undefined;

  /** When the second has room for one more beside those that are not written yet. */
  function roomAt(): number {
    if (written.length === 0) return Number.NEGATIVE_INFINITY;
    const taken = Math.max(0, unwritten - spare);
    if (taken >= written.length) return Number.POSITIVE_INFINITY;
    return (written[(oldest + taken) % written.length] as number) + windowMs;
  }

  return {
    nextStartAt(now) {
      wantedAt ??= now;
      return Math.max(arrivalAt, roomAt());
    },
    started(now) {
      const caughtUpMs = intervalMs > shortestIntervalMs ? slowedCatchUpMs : catchUpMs;
      arrivalAt = Math.max(arrivalAt, wantedAt ?? now, now - caughtUpMs) + intervalMs;
      unwritten += 1;
    },
    sent(now) {
      const nobodyCouldStart = roomAt() === Number.POSITIVE_INFINITY;
      unwritten -= 1;
      if (written.length === 0) return Number.POSITIVE_INFINITY;
      written[oldest] = now;
      oldest = (oldest + 1) % written.length;
      return nobodyCouldStart ? Math.max(arrivalAt, roomAt()) : Number.POSITIVE_INFINITY;
    },
    rest() {
      wantedAt = undefined;
    },
    slowTo(ratePerSecond) {
      const next = 1_000 / Math.min(ceilingPerSecond, ratePerSecond);
      // The next start was set by the old spacing; the new one counts from the same last start.
      if (arrivalAt !== Number.NEGATIVE_INFINITY) arrivalAt += next - intervalMs;
      intervalMs = next;
    },
  };
}

/** Above 1,000 a second it is 1 % more. */
function mostInASecond(ratePerSecond: number): number {
  return Math.floor(ratePerSecond > 1_000 ? ratePerSecond * 1.01 + 1 : ratePerSecond + 1);
}
