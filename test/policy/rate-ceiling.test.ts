import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRateCeiling } from '../../src/policy/rate-ceiling.ts';

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
    ceiling.started(now);
    starts.push(now);
  }
  return starts;
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
        ceiling.started(now);
      }
      // Somebody wants to start all the while.
      ceiling.nextStartAt(now);
      now += stallMs;
      let atOnce = 0;
      while (ceiling.nextStartAt(now) <= now) {
        ceiling.started(now);
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
    ceiling.started(0);
    ceiling.rest();
    expect(ceiling.nextStartAt(5_000)).toBeLessThanOrEqual(5_000);
    ceiling.started(5_000);
    expect(ceiling.nextStartAt(5_000)).toBe(5_010);
  });

  it('makes no burst after a time in which something else kept requests from starting', () => {
    const ceiling = createRateCeiling(100);
    ceiling.started(0);
    expect(ceiling.nextStartAt(1)).toBe(10);
    ceiling.rest();
    ceiling.nextStartAt(9_000);
    ceiling.started(9_000);
    expect(ceiling.nextStartAt(9_000)).toBe(9_010);
  });

  it('spaces by a lower rate at once, and never by a higher one than the ceiling', () => {
    const ceiling = createRateCeiling(100);
    ceiling.started(0);
    ceiling.slowTo(10);
    expect(ceiling.nextStartAt(0)).toBe(100);
    ceiling.slowTo(1_000);
    expect(ceiling.nextStartAt(0)).toBe(10);
  });

  it('without a ceiling spaces only what it was made to slow down', () => {
    const ceiling = createRateCeiling(Number.POSITIVE_INFINITY);
    for (let index = 0; index < 10_000; index += 1) {
      expect(ceiling.nextStartAt(5)).toBeLessThanOrEqual(5);
      ceiling.started(5);
    }
    ceiling.slowTo(10);
    ceiling.started(5);
    expect(ceiling.nextStartAt(5)).toBeGreaterThanOrEqual(105);
  });
});
