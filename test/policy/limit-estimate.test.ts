import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { estimateLimit, type Spell } from '../../src/policy/limit-estimate.ts';

/** A server of 60/s met at the rate given, with the burst allowance given; both waits are of one second. */
function bucketSpell(triedPerSecond: number, burst: number): Spell {
  const startingMs = (burst / (triedPerSecond - 60)) * 1_000;
  const served = (triedPerSecond * startingMs) / 1_000;
  return { triedPerSecond, startingMs, waitedMs: 1_000, served, recentPerSecond: triedPerSecond };
}

/** A server of 60 in any second. */
function windowSpell(triedPerSecond: number): Spell {
  const startingMs = 60_000 / triedPerSecond;
  return { triedPerSecond, startingMs, waitedMs: 1_000, served: 60, recentPerSecond: triedPerSecond };
}

describe('estimateLimit', () => {
  it('guesses between what was served while requests could start and what was served over all', () => {
    expect(estimateLimit(windowSpell(500), undefined)).toEqual({
      perSecond: expect.closeTo(Math.sqrt(500 * (60 / 1.12)), 6),
      isSure: false,
    });
  });

  it.each([
    {
      name: 'a bucket that was full again',
      first: bucketSpell(500, 60),
      second: bucketSpell(165, 60),
      limit: 60,
    },
    {
      name: 'a bucket with a small burst',
      first: bucketSpell(500, 10),
      second: bucketSpell(160, 10),
      limit: 60,
    },
  ])('finds the limit of $name from two spells', ({ first, second, limit }) => {
    const { perSecond, isSure } = estimateLimit(second, first);
    expect(perSecond).toBeCloseTo(limit, 3);
    expect(isSure).toBe(false);
  });

  it('takes the better of two lower bounds where both spells served the same', () => {
    expect(estimateLimit(windowSpell(160), windowSpell(500)).perSecond).toBeCloseTo(60 / 1.12, 6);
    expect(estimateLimit(windowSpell(500), windowSpell(160)).perSecond).toBe(125);
  });

  it('is sure of what was served last where requests could start for long, and longer than they waited', () => {
    const spell = {
      triedPerSecond: 70,
      startingMs: 8_000,
      waitedMs: 1_000,
      served: 480,
      recentPerSecond: 62,
    };
    expect(estimateLimit(spell, undefined)).toEqual({ perSecond: 0.98 * 62, isSure: true });
    expect(estimateLimit({ ...spell, recentPerSecond: 80 }, undefined).perSecond).toBe(0.98 * 70);
    expect(estimateLimit({ ...spell, startingMs: 1_200 }, undefined).isSure).toBe(true);
    expect(estimateLimit({ ...spell, startingMs: 1_199 }, undefined).isSure).toBe(false);
    expect(estimateLimit({ ...spell, waitedMs: 8_001 }, undefined).isSure).toBe(false);
  });

  it('always estimates something above zero, and neither above the rate nor below a quarter of it', () => {
    const amount = fc.double({ min: 0, max: 1e5, noNaN: true });
    const spell = fc.record({
      triedPerSecond: fc.oneof(
        fc.double({ min: 0.1, max: 1e4, noNaN: true }),
        fc.constant(Number.POSITIVE_INFINITY),
      ),
      startingMs: amount,
      waitedMs: amount,
      served: fc.nat(100_000),
      recentPerSecond: amount,
    });
    fc.assert(
      fc.property(spell, fc.option(spell, { nil: undefined }), (one, before) => {
        const { perSecond } = estimateLimit(one, before);
        expect(perSecond).toBeGreaterThan(0);
        expect(Number.isFinite(perSecond)).toBe(true);
        if (!Number.isFinite(one.triedPerSecond)) return;
        expect(perSecond).toBeLessThanOrEqual(one.triedPerSecond);
        expect(perSecond).toBeGreaterThanOrEqual(one.triedPerSecond / 4);
      }),
      { seed: 11 },
    );
  });
});
