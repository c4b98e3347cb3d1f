import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRetryQueue } from '../../src/execute/retry-queue.ts';

describe('createRetryQueue', () => {
  it('gives nothing before its time', () => {
    const queue = createRetryQueue<string>();
    expect(queue.nextDueAt()).toBe(Number.POSITIVE_INFINITY);
    expect(queue.takeFirst()).toBeUndefined();
    queue.add('a', 10);
    expect(queue.nextDueAt()).toBe(10);
    expect(queue.takeDue(9)).toBeUndefined();
    expect(queue.takeDue(10)).toBe('a');
    expect(queue.takeDue(10)).toBeUndefined();
    expect(queue.size()).toBe(0);
  });

  it('gives by due time, and equals in the order they came', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 60 }),
        fc.nat(60),
        (dueAts, taken) => {
          const queue = createRetryQueue<number>();
          const early = dueAts.slice(0, taken);
          for (const [order, dueAt] of early.entries()) queue.add(order, dueAt);
          const expected = early.map((dueAt, order) => ({ dueAt, order }));
          const byTime = (a: (typeof expected)[0], b: (typeof expected)[0]) =>
            a.dueAt - b.dueAt || a.order - b.order;
          expected.sort(byTime);
          for (let half = 0; half < early.length / 2; half += 1) {
            expect(queue.takeFirst()).toBe(expected.shift()?.order);
          }
          for (const [at, dueAt] of dueAts.slice(taken).entries()) {
            queue.add(taken + at, dueAt);
            expected.push({ dueAt, order: taken + at });
          }
          expected.sort(byTime);
          expect(queue.size()).toBe(expected.length);
          expect([...queue.values()].sort((a, b) => a - b)).toEqual(
            expected.map(({ order }) => order).sort((a, b) => a - b),
          );
          for (const { dueAt, order } of expected) {
            expect(queue.nextDueAt()).toBe(dueAt);
            expect(queue.takeDue(dueAt)).toBe(order);
          }
          expect(queue.size()).toBe(0);
        },
      ),
      { seed: 1 },
    );
  });
});
