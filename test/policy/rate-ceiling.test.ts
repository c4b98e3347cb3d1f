import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRateCeiling, type RateCeiling } from '../../src/policy/rate-ceiling.ts';

/** Starts one that is written at once. */
function startAndSend(ceiling: RateCeiling, now: number): void {
  ceiling.started(now);
  ceiling.sent(now);
}

/** Starts requests as soon as allowed, looking `lateness()` ms late each time; returns the start times. */
function startAll(ratePerSecond: number, untilMs: number, lateness: () => number): number[] {
  const ceiling = createRateCeiling(ratePerSecond);
  const starts: number[] = [];
  let now = 1_000;
  while (now < 1_000 + untilMs) {
    const startAt = ceiling.nextStartAt(now);
    if (startAt > now) {
      now = startAt + lateness();
      continue;
    }
    startAndSend(ceiling, now);
    starts.push(now);
  }
  return starts;
}

/**
 * Starts requests as soon as allowed, of which the n-th is written `connectMs(n)` later, or fails then; returns how many
 * started, and when each was written. Jumps from one event to the next as the session does, so it throws where nothing
 * would ever wake it.
 */
function startConnecting(ratePerSecond: number, untilMs: number, connectMs: (n: number) => number) {
  const ceiling = createRateCeiling(ratePerSecond);
  const connecting: number[] = [];
  const written: number[] = [];
  let count = 0;
  let now = 0;
  let wakeAt = 0;
  while (now < untilMs) {
    const writeAt = connecting[0] ?? Number.POSITIVE_INFINITY;
    now = Math.max(now, Math.min(wakeAt, writeAt));
    if (now === Number.POSITIVE_INFINITY) throw new Error('nothing would ever start again');
    if (writeAt <= now) {
      connecting.shift();
      written.push(now);
      wakeAt = Math.min(wakeAt, ceiling.sent(now));
    }
    if (wakeAt > now) continue;
    wakeAt = ceiling.nextStartAt(now);
    if (wakeAt > now) continue;
    ceiling.started(now);
    connecting.push(now + connectMs(count++));
    connecting.sort((a, b) => a - b);
  }
  return { count, written };
}

/** The most starts in any window of one second: [start, start + 1 s). */
function mostInASecond(starts: readonly number[]): number {
  let first = 0;
  let most = 0;
  starts.forEach((at, index) => {
    while ((starts[first] ?? at) <= at - 1_000) first += 1;
    most = Math.max(most, index - first + 1);
  });
  return most;
}

const share = fc.double({ min: 0, max: 1, noNaN: true });

describe('createRateCeiling', () => {
  it('never lets more than rate + 1 requests start in any second, however late it is asked', () => {
    const rates = fc.oneof(
      fc.constantFrom(1 / 60, 0.5, 1, 1.5, 7.3, 10, 60, 200),
      fc.double({ min: 0.02, max: 300, noNaN: true }),
    );
    const delays = fc.array(
      fc.oneof(
        share.map((x) => 2 * x),
        share.map((x) => 300 * x),
      ),
      { minLength: 1, maxLength: 40 },
    );
    fc.assert(
      fc.property(rates, delays, (rate, late) => {
        let turn = 0;
        const starts = startAll(rate, Math.max(4_000, 3_000 / rate), () => late[turn++ % late.length] ?? 0);
        expect(mostInASecond(starts)).toBeLessThanOrEqual(Math.floor(rate + 1));
      }),
      { numRuns: 300, seed: 20261125 },
    );
  });

  it('never lets more than rate + 1 be written in any second, however long their connections take', () => {
    const rates = fc.oneof(
      fc.constantFrom(0.5, 1, 1.5, 7.3, 10, 60, 200),
      fc.double({ min: 0.2, max: 300, noNaN: true }),
    );
    const delays = fc.array(
      fc.oneof(
        fc.constant(0),
        share.map((x) => 30 * x),
        share.map((x) => 3_000 * x),
        // All at one instant or another, as a server that was held up accepts them.
        fc.constantFrom(500, 1_000, 1_500),
      ),
      { minLength: 1, maxLength: 60 },
    );
    fc.assert(
      fc.property(rates, delays, (rate, delay) => {
        const untilMs = Math.max(20_000, 20_000 / rate);
        const { count, written } = startConnecting(rate, untilMs, (n) => delay[n % delay.length] ?? 0);
        expect(mostInASecond(written)).toBeLessThanOrEqual(Math.floor(rate + 1));
        // Nobody starves: once its request is written, a place in the second is free 1,005 ms later, and even spacing
        // then makes it wait no longer than the places of one more second.
        const longestMs = Math.max(1_000 / rate, 1_005) + Math.max(...delay);
        expect(count).toBeGreaterThanOrEqual(Math.floor(untilMs / (2 * longestMs)) * Math.ceil(rate));
      }),
      { numRuns: 200, seed: 20261127 },
    );
  });

  it('lets at most 1 % and one more than the rate be written in a second above 1,000 a second', () => {
    // Those of the first second are all held up, and then written at once, while the next ones are written as they come.
    const { written } = startConnecting(2_000, 4_000, (n) => (n < 2_000 ? 1_200 - n / 2 : 0));
    expect(mostInASecond(written)).toBeGreaterThan(2_000);
    expect(mostInASecond(written)).toBeLessThanOrEqual(2_021);
  });

  it('goes on at its pace while one connection does not come up, where the rate leaves room for it', () => {
    for (const rate of [1, 10, 100]) {
      const { count } = startConnecting(rate, 30_000, (n) => (n === 3 ? 60_000 : 0));
      expect(count / (rate * 30)).toBeGreaterThanOrEqual(0.98);
    }
  });

  it('names no instant for the next start while all of a second wait to be written, then the one that is written brings', () => {
    const ceiling = createRateCeiling(2);
    for (let n = 0; n < 3; n += 1) {
      const startAt = Math.max(0, ceiling.nextStartAt(n * 600));
      expect(startAt).toBeLessThanOrEqual(n * 600);
      ceiling.started(n * 600);
    }
    expect(ceiling.nextStartAt(5_000)).toBe(Number.POSITIVE_INFINITY);
    expect(ceiling.sent(7_000)).toBe(8_005);
    expect(ceiling.sent(7_100)).toBe(Number.POSITIVE_INFINITY);
    expect(ceiling.nextStartAt(7_100)).toBe(8_005);
  });

  it.each([1 / 60, 0.5, 1, 1.5, 10, 60, 200, 1_000])(
    'reaches 0.98 of %f a second with timers up to 2 ms late',
    (rate) => {
      let seed = 1;
      const late = () => {
        seed = (seed * 16_807) % 2_147_483_647;
        return (2 * seed) / 2_147_483_647;
      };
      const untilMs = Math.max(20_000, 60_000 / rate);
      const starts = startAll(rate, untilMs, late);
      expect(starts.length / ((rate * untilMs) / 1_000)).toBeGreaterThanOrEqual(0.98);
    },
  );

  it('catches up on a stall of 100 ms, and on no more of a longer one', () => {
    const starts = (stallMs: number) => {
      const ceiling = createRateCeiling(100);
      let now = 0;
      for (let index = 0; index < 20; index += 1) {
        now = Math.max(now, ceiling.nextStartAt(now));
        startAndSend(ceiling, now);
      }
      // Somebody wants to start all the while.
      ceiling.nextStartAt(now);
      now += stallMs;
      let atOnce = 0;
      while (ceiling.nextStartAt(now) <= now) {
        startAndSend(ceiling, now);
        atOnce += 1;
      }
      return atOnce;
    };
    expect(starts(50)).toBe(5);
    expect(starts(100)).toBe(10);
    expect(starts(5_000)).toBe(11);
  });

  it('makes no burst after a quiet time in which nobody wanted to start', () => {
    const ceiling = createRateCeiling(100);
    ceiling.nextStartAt(0);
    startAndSend(ceiling, 0);
    ceiling.rest();
    expect(ceiling.nextStartAt(5_000)).toBeLessThanOrEqual(5_000);
    startAndSend(ceiling, 5_000);
    expect(ceiling.nextStartAt(5_000)).toBe(5_010);
  });

  it('makes no burst after a time in which something else kept requests from starting', () => {
    const ceiling = createRateCeiling(100);
    startAndSend(ceiling, 0);
    expect(ceiling.nextStartAt(1)).toBe(10);
    ceiling.rest();
    ceiling.nextStartAt(9_000);
    startAndSend(ceiling, 9_000);
    expect(ceiling.nextStartAt(9_000)).toBe(9_010);
  });

  it('spaces by a lower rate at once, and never by a higher one than the ceiling', () => {
    const ceiling = createRateCeiling(100);
    startAndSend(ceiling, 0);
    ceiling.slowTo(10);
    expect(ceiling.nextStartAt(0)).toBe(100);
    ceiling.slowTo(1_000);
    expect(ceiling.nextStartAt(0)).toBe(10);
  });

  it('without a ceiling spaces only what it was made to slow down', () => {
    const ceiling = createRateCeiling(Number.POSITIVE_INFINITY);
    for (let index = 0; index < 10_000; index += 1) {
      expect(ceiling.nextStartAt(5)).toBeLessThanOrEqual(5);
      startAndSend(ceiling, 5);
    }
    ceiling.slowTo(10);
    startAndSend(ceiling, 5);
    expect(ceiling.nextStartAt(5)).toBeGreaterThanOrEqual(105);
  });
});
