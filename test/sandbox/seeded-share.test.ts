import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededShare } from '../../src/sandbox/seeded-share.ts';

describe('seededShare', () => {
  it('stays from 0 to below 1 and says the same for the same numbers', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: Number.MAX_SAFE_INTEGER })), (numbers) => {
        const share = seededShare(...numbers);
        expect(share).toBeGreaterThanOrEqual(0);
        expect(share).toBeLessThan(1);
        expect(seededShare(...numbers)).toBe(share);
      }),
      { seed: 7 },
    );
  });

  it('tells ids apart that differ only above 32 bits', () => {
    expect(seededShare(1, 5)).not.toBe(seededShare(1, 5 + 2 ** 32));
  });

  it.each([1, 2, 3, 99])('spreads consecutive ids evenly (seed %i)', (seed) => {
    const tenths = new Array<number>(10).fill(0);
    for (let workspace = 1; workspace <= 100; workspace += 1) {
      for (let user = 1; user <= 100; user += 1) {
        const tenth = Math.floor(seededShare(seed, 1, workspace, user, 1) * 10);
        tenths[tenth] = (tenths[tenth] ?? 0) + 1;
      }
    }
    for (const count of tenths) expect(Math.abs(count - 1000)).toBeLessThan(130);
  });
});
