import { describe, expect, it } from 'vitest';
import { apiAnswer, lost, page, refused, removed } from '../support/replies.ts';
import { startBench } from '../support/session-bench.ts';

const timeout = lost('timeout', true);

describe('startExecution, probing an instance that is down', () => {
  it.each([1, 2, 3, 4, 5])(
    'is put off by no answer to what was on its way before the outage (seed %d)',
    async (seed) => {
      const bench = startBench({
        removals: 60,
        script: ({ number, at }) => {
          if (number <= 10) return { reply: refused, afterMs: 50 };
          return at < 100 ? { reply: page(502), afterMs: 150 } : removed;
        },
        settings: { concurrency: 40, ratePerSecond: 1_000 },
        seed,
      });
      await bench.finish();
      expect(bench.counts()).toEqual({ removed: 60 });
      expect(bench.clock.now()).toBeLessThan(1_000);
    },
  );

  it('sends a probe no sooner than the last answer asked', async () => {
    const bench = startBench({
      removals: 50,
      script: () => page(503, { retryAfter: '20' }),
      settings: { maxOutageMs: 180_000 },
    });
    await bench.finish();
    const probes = bench.api.sent.map(({ at }) => at).filter((at) => at > 1_000);
    expect(probes.length).toBeGreaterThan(3);
    for (const [n, at] of probes.entries()) {
      if (n > 0) expect(at - (probes[n - 1] ?? 0)).toBeGreaterThanOrEqual(20_000);
    }
  });

  it('says failures that come and go once a minute, and from when on the run would stop', async () => {
    const bench = startBench({
      removals: 900,
      script: ({ number, attempt }) =>
        number % 20 === 0 && attempt === 1 ? { reply: timeout, afterMs: 30 } : removed,
      settings: { ratePerSecond: 10 },
    });
    await bench.finish();
    const said = bench.logged.filter(({ event }) => event === 'instance.failed');
    expect(said).toHaveLength(2);
    expect((said[1]?.at ?? 0) - (said[0]?.at ?? 0)).toBeGreaterThanOrEqual(60_000);
  });

  it('counts the time that the first failure took towards the stop it announces', async () => {
    const bench = startBench({
      removals: 20,
      script: () => ({ reply: timeout, afterMs: 30_000 }),
      settings: { maxOutageMs: 90_000 },
    });
    await bench.clock.advance(30_500);
    expect(bench.logged[0]?.message).toContain('the run stops in 1 m unless');
    bench.execution.interrupt('SIGTERM');
    await bench.finish();
  });

  it("uses up no attempt, also where all that it gets are the API's own 500s", async () => {
    const bench = startBench({
      removals: 6,
      script: ({ at }) => (at < 120_000 ? apiAnswer(500) : removed),
      settings: { maxAttempts: 4 },
    });
    expect((await bench.finish()).stop).toBeUndefined();
    expect(bench.counts()).toEqual({ removed: 6 });
  });

  it('asks with those that wait too, so that hopeless new ones do not keep them waiting', async () => {
    const tried = new Set<number>();
    const bench = startBench({
      removals: 60,
      script({ pair, at }) {
        if (at < 1_000) tried.add(pair.user);
        return at >= 1_000 && tried.has(pair.user) ? removed : page(500);
      },
    });
    await bench.clock.advance(15_000);
    expect(bench.logged.map(({ event }) => event)).toContain('outage.ended');
    for (const user of tried) expect(bench.outcomeOn(user + 1)).toBe('removed');
    bench.execution.interrupt('SIGTERM');
    await bench.finish();
  });

  it('goes on asking where removals that wait for their retry take up the whole window', async () => {
    for (const downAt of [1_060, 1_080, 1_100]) {
      const upAt = downAt + 240_000;
      const bench = startBench({
        removals: 3_000,
        settings: { ratePerSecond: Number.POSITIVE_INFINITY, concurrency: 1 },
        script({ at, attempt, number }) {
          if (at >= downAt && at < upAt) return { reply: refused, afterMs: 2 };
          const isPutOff = at < 500 && attempt === 1 && number % 2 === 0;
          const later = apiAnswer(408, { retryAfter: String((1_000 - at) / 1_000) });
          return { reply: isPutOff ? later : removed, afterMs: 2 };
        },
      });
      expect((await bench.finish()).stop, `down at ${downAt}`).toBeUndefined();
      expect(bench.counts()).toEqual({ removed: 3_000 });
    }
  });
});
