import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  equalJitter,
  fullJitter,
  probeBackoff,
  removalBackoff,
  throttleBackoff,
} from '../../src/policy/backoff.ts';

const almostOne = 1 - Number.EPSILON;

describe('fullJitter', () => {
  it.each([
    { failures: 1, longest: 200 },
    { failures: 2, longest: 400 },
    { failures: 3, longest: 800 },
    { failures: 7, longest: 12_800 },
    { failures: 8, longest: 20_000 },
    { failures: 5_000, longest: 20_000 },
  ])('spreads from 0 to $longest ms after $failures failures', ({ failures, longest }) => {
    expect(fullJitter(removalBackoff, failures, 0)).toBe(0);
    expect(fullJitter(removalBackoff, failures, 0.5)).toBeCloseTo(longest / 2);
    expect(fullJitter(removalBackoff, failures, almostOne)).toBeCloseTo(longest);
  });
});

describe('equalJitter', () => {
  it('is never less than half of the longest wait, nor more than all of it', () => {
    const share = fc.double({ min: 0, max: almostOne, noNaN: true });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), share, (failures, random) => {
        const longest = Math.min(60_000, 1_000 * 2 ** (failures - 1));
        const wait = equalJitter(throttleBackoff, failures, random);
        expect(wait).toBeGreaterThanOrEqual(longest / 2);
        expect(wait).toBeLessThanOrEqual(longest);
      }),
      { seed: 3 },
    );
  });
});

describe('probeBackoff', () => {
  it('asks every 30 s at the latest, and at least ten times before the run stops', () => {
    expect(probeBackoff(600_000).capMs).toBe(30_000);
    expect(probeBackoff(20_000).capMs).toBe(2_000);
  });
});
