import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { estimateLimit, type LimitEstimate, type Spell } from '../../src/policy/limit-estimate.ts';

/** A bucket of 60/s that is asked at an even rate, after a wait of a second that filled it with `saved`. */
function bucketSpell(triedPerSecond: number, saved: number, wasSteady: boolean): Spell {
  const servingMs = (saved / (triedPerSecond - 60)) * 1_000;
  return spellOf(triedPerSecond, servingMs, wasSteady);
}

/** A server of 60 in any second. */
function windowSpell(triedPerSecond: number): Spell {
  return spellOf(triedPerSecond, 60_000 / triedPerSecond, false);
}

function spellOf(triedPerSecond: number, servingMs: number, wasSteady: boolean): Spell {
  const servedIn = (ms: number) => (triedPerSecond * Math.min(ms, servingMs)) / 1_000;
  return {
    triedPerSecond,
    wasSteady,
    servingMs,
    waitedMs: 1_000,
    served: servedIn(servingMs),
    inLastSecond: servedIn(1_000),
    lately: { count: servedIn(2_500), ms: 2_500 },
  };
}

function known(estimate: Partial<LimitEstimate>): LimitEstimate {
  const refusedPerSecond = Number.POSITIVE_INFINITY;
  return { perSecond: 60, confidence: 'near', inLastSecond: 60, burst: 60, refusedPerSecond, ...estimate };
}

describe('estimateLimit', () => {
  it("guesses what was served in the first second, be it a window's limit or a bucket's burst", () => {
    const { perSecond, confidence } = estimateLimit(windowSpell(500), undefined);
    expect(perSecond).toBeCloseTo(60, 6);
    expect(confidence).toBe('guess');
  });

  it('guesses what was served over all where it took longer: a large burst says nothing of the limit', () => {
    const { perSecond } = estimateLimit(bucketSpell(500, 600, false), undefined);
    expect(perSecond).toBeCloseTo((500 * (600 / 440)) / (1 + 600 / 440), 6);
  });

  it('guesses no less than 15 a second at first', () => {
    expect(estimateLimit(spellOf(500, 6, false), undefined).perSecond).toBe(15);
  });

  it('has found a window where as much is served in a second as before', () => {
    const { perSecond, confidence } = estimateLimit(windowSpell(66), known({ inLastSecond: 60 }));
    expect(perSecond).toBeCloseTo(60, 6);
    expect(confidence).toBe('found');
  });

  it('comes near the limit of a bucket from what is served over all, the more so the longer it took', () => {
    const first = estimateLimit(bucketSpell(80, 60, true), known({}));
    expect(first.perSecond).toBeCloseTo(Math.sqrt(60 * 80), 6);
    expect(first.confidence).toBe('near');
    const second = estimateLimit(bucketSpell(first.perSecond, 60, true), first);
    expect(second.perSecond).toBeCloseTo(Math.sqrt(60 * first.perSecond), 6);
  });

  it('knows that a bucket with a small burst gave little more in a second than its limit', () => {
    const { perSecond } = estimateLimit(spellOf(70, 1_000, false), known({ burst: 10, inLastSecond: 11 }));
    expect(perSecond).toBeCloseTo(Math.sqrt(60 * 70), 6);
  });

  it('looks between a rate that went well and one that was refused', () => {
    const refused = estimateLimit(spellOf(64, 4_000, true), known({}));
    expect(refused.refusedPerSecond).toBe(64);
    const next = estimateLimit(spellOf(66, 9_000, false), { ...refused, perSecond: 56 });
    expect(next.perSecond).toBeCloseTo(Math.sqrt(56 * 64), 6);
    expect(next.confidence).toBe('found');
  });

  it.each([20, 100])('forgets a refused rate where a limit far from it is met (%d/s)', (triedPerSecond) => {
    const before = known({ refusedPerSecond: 64 });
    const { refusedPerSecond } = estimateLimit(spellOf(triedPerSecond, 9_000, false), before);
    expect(refusedPerSecond).toBe(Number.POSITIVE_INFINITY);
  });

  it('keeps what it knows where nothing was served', () => {
    const nothing = { ...spellOf(50, 0, false), served: 0 };
    expect(estimateLimit(nothing, known({ perSecond: 40 }))).toMatchObject({
      perSecond: 40,
      confidence: 'guess',
    });
  });

  it('always estimates something above zero, and neither above the rate nor below a quarter of what was known', () => {
    const amount = fc.double({ min: 0, max: 1e5, noNaN: true });
    const above = fc.double({ min: 0.1, max: 1e4, noNaN: true });
    const spell = fc.record({
      triedPerSecond: fc.oneof(above, fc.constant(Number.POSITIVE_INFINITY)),
      wasSteady: fc.boolean(),
      servingMs: amount,
      waitedMs: amount,
      served: fc.nat(100_000),
      inLastSecond: amount,
      lately: fc.record({ count: fc.nat(100_000), ms: amount }),
    });
    const estimate = fc.record({
      perSecond: above,
      confidence: fc.constantFrom('guess', 'near', 'found'),
      inLastSecond: amount,
      burst: fc.oneof(above, fc.constant(Number.POSITIVE_INFINITY)),
      refusedPerSecond: fc.oneof(above, fc.constant(Number.POSITIVE_INFINITY)),
    });
    fc.assert(
      fc.property(spell, fc.option(estimate, { nil: undefined }), (one, before) => {
        const { perSecond } = estimateLimit(one, before);
        expect(perSecond).toBeGreaterThan(0);
        expect(Number.isFinite(perSecond)).toBe(true);
        if (one.served > 0) expect(perSecond).toBeLessThanOrEqual(one.triedPerSecond);
        if (before === undefined) return;
        expect(perSecond).toBeGreaterThanOrEqual(Math.min(one.triedPerSecond, before.perSecond / 4));
      }),
      { seed: 11 },
    );
  });
});
