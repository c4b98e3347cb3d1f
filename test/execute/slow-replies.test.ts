import { describe, expect, it } from 'vitest';
import type { Reply } from '../../src/policy/reply.ts';
import { lost, removed, throttled } from '../support/replies.ts';
import { type BenchSetup, startBench } from '../support/session-bench.ts';

/** The tenth request hangs for all of --max-outage while the others are answered at once, until `downFrom`. */
function oneHangs(reply: Reply, downFrom = Number.POSITIVE_INFINITY): BenchSetup {
  return {
    removals: 300,
    script({ number, at }) {
      if (number === 10) return { reply, afterMs: 10_000 };
      return at < downFrom ? removed : reply;
    },
    settings: { ratePerSecond: 20, maxOutageMs: 10_000 },
  };
}

describe('startExecution, with a reply as late as --max-outage', () => {
  it.each([
    { name: 'a timeout', reply: lost('timeout', true) },
    { name: 'a 429', reply: throttled(1) },
  ])('does not stop for $name while the others get through', async ({ reply }) => {
    const bench = startBench(oneHangs(reply));
    expect((await bench.finish()).stop).toBeUndefined();
    expect(bench.counts()).toEqual({ removed: 300 });
  });

  it.each([
    { name: 'timeouts', reply: lost('timeout', true), reason: 'outage' },
    { name: '429s', reply: throttled(1), reason: 'throttled' },
  ])('counts --max-outage from what got through last, where $name follow', async ({ reply, reason }) => {
    const bench = startBench(oneHangs(reply, 8_000));
    expect((await bench.finish()).stop?.reason).toBe(reason);
    const lastThroughAt = (bench.api.sent.findLast(({ at }) => at < 8_000)?.at ?? 0) + 10;
    expect(bench.clock.now()).toBeGreaterThanOrEqual(lastThroughAt + 10_000);
    expect(bench.clock.now()).toBeLessThan(lastThroughAt + 11_000);
  });
});
