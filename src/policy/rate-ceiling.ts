/**
 * When the next request may start so that the rate is never exceeded, and hardly ever missed.
 *
 * Two rules together. Even spacing: the generic cell rate algorithm, whose one number, the theoretical arrival time,
 * says when the next request would start if all were evenly spaced. The window: at most `ceil(ceiling)` starts in any
 * second, told from a ring of the last start times. A start that comes late (timers round up, the event loop is busy)
 * is caught up on, up to 100 ms of it; the window makes sure that catching up never exceeds the promise
 * (CONTRACT section 5: no second holds more than rate + 1 starts).
 */
export interface RateCeiling {
  /** The earliest instant for the next start, asked when nothing else keeps it from starting; in the past means now. */
  nextStartAt(now: number): number;
  /** A request starts at `now`, the same reading of the clock that `nextStartAt` was asked with. */
  started(now: number): void;
  /** Something else than the pace keeps requests from starting, or nobody wants to: that time is not caught up on. */
  rest(): void;
  /** Spaces by this rate from now on, if it is below the ceiling; the window stays the ceiling's. */
  slowTo(ratePerSecond: number): void;
}

const catchUpMs = 100;

/** The promise's second, and a margin for what the way to the server squeezes together. */
const windowMs = 1_005;

/** `ceilingPerSecond` may be Infinity: then only `slowTo` spaces the requests. */
export function createRateCeiling(ceilingPerSecond: number): RateCeiling {
  const ring = new Float64Array(
    Number.isFinite(ceilingPerSecond) ? Math.max(1, Math.ceil(ceilingPerSecond)) : 0,
  );
  ring.fill(Number.NEGATIVE_INFINITY);
  let oldest = 0;
  let intervalMs = 1_000 / ceilingPerSecond;
  let arrivalAt = Number.NEGATIVE_INFINITY;
  /** Since when nothing but the pace has kept requests from starting. */
  let wantedAt: number | undefined;

  return {
    nextStartAt(now) {
      wantedAt ??= now;
      return Math.max(arrivalAt, (ring[oldest] ?? Number.NEGATIVE_INFINITY) + windowMs);
    },
    started(now) {
      arrivalAt = Math.max(arrivalAt, wantedAt ?? now, now - catchUpMs) + intervalMs;
      if (ring.length === 0) return;
      ring[oldest] = now;
      oldest = (oldest + 1) % ring.length;
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
