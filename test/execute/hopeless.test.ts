import { describe, expect, it } from 'vitest';
import { apiAnswer, page, removed } from '../support/replies.ts';
import { startBench } from '../support/session-bench.ts';

describe('startExecution, with records that the instance cannot digest', () => {
  it.each([
    { name: 'its last record', removals: 50, hopeless: [50] },
    { name: 'its only two records', removals: 2, hopeless: [1, 2] },
  ])(
    'fails what is always answered 500 with a page after an outage did not end: $name',
    async ({ removals, hopeless }) => {
      const bench = startBench({
        removals,
        script: ({ pair }) => (hopeless.includes(pair.user) ? page(500) : removed),
        settings: { maxOutageMs: 120_000 },
      });
      expect((await bench.finish()).stop).toBeUndefined();
      const done = removals - hopeless.length;
      expect(bench.counts()).toEqual({ ...(done > 0 ? { removed: done } : {}), failed: hopeless.length });
      expect(bench.clock.now()).toBeLessThan(125_000);
      expect(bench.lastOn((hopeless[0] ?? 0) + 1)).toMatchObject({
        reason: 'http-500',
        status: 500,
        detail: 'not an answer of the API',
        lost: true,
      });
    },
  );

  it('says of each what its last 500 said, whatever else came since', async () => {
    const bench = startBench({
      removals: 5,
      script: ({ attempt }) => (attempt % 3 === 0 ? page(502) : apiAnswer(500, {}, `error_${attempt}`)),
      settings: { maxOutageMs: 120_000, maxAttempts: 4 },
    });
    expect((await bench.finish()).stop).toBeUndefined();
    expect(bench.counts()).toEqual({ failed: 5 });
    for (const line of [2, 3, 4, 5, 6]) {
      const { attempt = 0 } = bench.sentOn(line).findLast((request) => request.attempt % 3 !== 0) ?? {};
      expect(bench.lastOn(line)).toMatchObject({
        reason: 'http-500',
        status: 500,
        detail: `error_${attempt}: The API says 500.`,
      });
    }
  });

  it('fails one such record in fifty as soon as its attempts are used up', async () => {
    const bench = startBench({
      removals: 50,
      script: ({ pair }) => (pair.user === 7 ? page(500) : removed),
      settings: { ratePerSecond: 5 },
    });
    expect((await bench.finish()).stop).toBeUndefined();
    expect(bench.counts()).toEqual({ removed: 49, failed: 1 });
    expect(bench.sentOn(8)).toHaveLength(5);
    expect(bench.clock.now()).toBeLessThan(15_000);
  });

  it.each([
    { removals: 1, hopeless: [1] },
    { removals: 4, hopeless: [1, 2, 3, 4] },
    { removals: 50, hopeless: [10, 20, 50] },
  ])(
    'does not hold up the end of $removals removals for records that the API cannot digest: $hopeless',
    async (row) => {
      const { removals, hopeless } = row;
      const bench = startBench({
        removals,
        script: ({ pair }) => (hopeless.includes(pair.user) ? apiAnswer(500) : removed),
      });
      expect((await bench.finish()).stop).toBeUndefined();
      const done = removals - hopeless.length;
      expect(bench.counts()).toEqual({ ...(done > 0 ? { removed: done } : {}), failed: hopeless.length });
      for (const user of hopeless) expect(bench.sentOn(user + 1)).toHaveLength(5);
      expect(bench.clock.now()).toBeLessThan(30_000);
    },
  );

  it("takes the API's own 500s for an outage over five removals, and fails none of them when it ends", async () => {
    const bench = startBench({
      removals: 60,
      script: ({ at }) => (at >= 100 && at < 30_000 ? apiAnswer(500) : removed),
    });
    expect((await bench.finish()).stop).toBeUndefined();
    expect(bench.counts()).toEqual({ removed: 60 });
  });

  it('needs as many 500s as attempts are allowed, no more', async () => {
    const bench = startBench({
      removals: 1,
      script: () => page(500, { retryAfter: '10' }),
      settings: { maxAttempts: 5, maxOutageMs: 45_000 },
    });
    expect((await bench.finish()).stop).toBeUndefined();
    expect(bench.sentOn(2)).toHaveLength(5);
    expect(bench.counts()).toEqual({ failed: 1 });
  });

  it('gives nobody up who was answered 500 less often than that', async () => {
    const bench = startBench({
      removals: 2,
      script: ({ attempt }) => page(attempt <= 4 ? 500 : 502),
      settings: { maxAttempts: 5, maxOutageMs: 120_000 },
    });
    expect((await bench.finish()).stop?.reason).toBe('outage');
    expect(bench.counts()).toEqual({ 'not-attempted': 2 });
  });

  it('gives nobody up while there are some that were never tried', async () => {
    const bench = startBench({
      removals: 200,
      script: () => page(500),
      settings: { maxAttempts: 1, maxOutageMs: 20_000 },
    });
    expect((await bench.finish()).stop?.reason).toBe('outage');
    expect(bench.counts()).toEqual({ 'not-attempted': 200 });
  });

  it('stops where the hopeless are so many that not all could be asked often enough, and ends all the same', async () => {
    const bench = startBench({
      removals: 200,
      script: () => apiAnswer(500),
      settings: { maxOutageMs: 60_000 },
    });
    const { stop } = await bench.finish();
    expect(stop?.reason).toBe('outage');
    expect(bench.counts()).toEqual({ 'not-attempted': 200 });
  });
});
