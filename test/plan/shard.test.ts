import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shardOf } from '../../src/plan/shard.ts';

describe('shardOf', () => {
  it.each([
    [1, 1, 3, 2],
    [1, 2, 1, 6],
    [2, 1, 4, 1],
    [17, 4711, 3, 1],
    [4294967295, 4294967296, 2, 5],
    [9007199254740991, 9007199254740991, 1, 2],
  ])('puts workspace %d, user %d into shard %d of 4 and %d of 7 for ever', (workspace, user, of4, of7) => {
    expect([shardOf({ workspace, user }, 4), shardOf({ workspace, user }, 7)]).toEqual([of4, of7]);
  });

  it('has one shard of one', () => {
    expect(shardOf({ workspace: 5, user: 6 }, 1)).toBe(1);
  });

  it('spreads pairs evenly, whatever regular shape the ids have', () => {
    const step = fc.constantFrom(0, 1, 2, 7, 1000, 1024, 65_536, 2 ** 32);
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 16 }),
        step,
        step,
        fc.nat(),
        (count, byWorkspace, byUser, start) => {
          fc.pre(byWorkspace + byUser > 0);
          const filled = new Array<number>(count).fill(0);
          const pairs = 1000 * count;
          for (let n = 0; n < pairs; n++) {
            const pair = { workspace: 1 + start + n * byWorkspace, user: 1 + start + n * byUser };
            const shard = shardOf(pair, count);
            filled[shard - 1] = (filled[shard - 1] ?? 0) + 1;
          }
          // Six standard deviations around 1,000.
          expect(Math.min(...filled)).toBeGreaterThan(810);
          expect(Math.max(...filled)).toBeLessThan(1190);
        },
      ),
      { seed: 5, numRuns: 60 },
    );
  });
});
