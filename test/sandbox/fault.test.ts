import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Fault, faultOf, latencyOf } from '../../src/sandbox/fault.ts';

const requests = Array.from({ length: 20_000 }, (_, index) => ({
  workspace: 1 + (index % 50),
  user: 1001 + Math.floor(index / 50),
  nth: 1,
}));

function shownAs({ acts, shows }: Fault): string {
  const what = typeof shows === 'object' ? shows.status : shows;
  return `${what} ${acts ? 'after' : 'before'} the act`;
}

describe('faultOf', () => {
  it.each([0.01, 0.1, 0.5])('strikes about the share that was asked for (%d)', (share) => {
    const struck = requests.filter((request) => faultOf(3, share, request) !== undefined).length;
    expect(Math.abs(struck / requests.length - share)).toBeLessThan(0.01);
  });

  it('never strikes at 0 and always at 1', () => {
    expect(requests.some((request) => faultOf(3, 0, request) !== undefined)).toBe(false);
    expect(requests.every((request) => faultOf(3, 1, request) !== undefined)).toBe(true);
  });

  it('brings every kind of fault, on either side of the act', () => {
    const kinds = new Set(
      requests.flatMap((request) => faultOf(3, 0.1, request) ?? []).map((fault) => shownAs(fault)),
    );
    expect([...kinds].sort()).toEqual([
      '500 after the act',
      '500 before the act',
      '502 before the act',
      '503 before the act',
      '504 after the act',
      '504 before the act',
      'reset after the act',
      'reset before the act',
      'silence after the act',
      'silence before the act',
    ]);
  });

  it('never does the removal behind a 503 of the API, which says that nothing was done', () => {
    for (const request of requests) {
      const fault = faultOf(3, 1, request);
      const shows = fault?.shows;
      if (typeof shows === 'object' && shows.status === 503) expect(fault?.acts).toBe(false);
    }
  });

  it('depends on the seed and on how often the pair was asked for', () => {
    const struckBy = (seed: number, nth: number) =>
      requests.map((request) => faultOf(seed, 0.5, { ...request, nth }) !== undefined);
    expect(struckBy(1, 1)).toEqual(struckBy(1, 1));
    expect(struckBy(1, 1)).not.toEqual(struckBy(2, 1));
    expect(struckBy(1, 1)).not.toEqual(struckBy(1, 2));
  });
});

describe('latencyOf', () => {
  it('takes from half to one and a half of the average', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 10_000 }), fc.nat({ max: 9999 }), (seed, ms, user) => {
        const latency = latencyOf(seed, ms, { workspace: 1, user, nth: 1 });
        expect(latency).toBeGreaterThanOrEqual(ms / 2);
        expect(latency).toBeLessThanOrEqual(ms * 1.5);
      }),
      { seed: 7 },
    );
  });
});
