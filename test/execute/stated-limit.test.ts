import { describe, expect, it } from 'vitest';
import type { LimitHeaders, Response } from '../../src/policy/reply.ts';
import { apiAnswer, page, removed } from '../support/replies.ts';
import { startBench } from '../support/session-bench.ts';

function stating(limit: LimitHeaders): Response {
  return { ...removed, headers: { limit } };
}

describe('startExecution, where the server states its limit', () => {
  it('keeps to it from the first answer on, and says so once', async () => {
    const bench = startBench({
      removals: 100,
      script: () => stating({ policy: '"default";q=20;w=1' }),
      settings: { ratePerSecond: 500 },
    });
    await bench.finish();
    const starts = bench.api.sent.map(({ at }) => at);
    for (const at of starts) {
      expect(starts.filter((start) => start >= at && start < at + 1_000).length).toBeLessThanOrEqual(20);
    }
    expect(bench.clock.now()).toBeLessThan(5_500);
    const said = bench.logged.filter(({ event }) => event === 'pace.stated');
    expect(said).toHaveLength(1);
    expect(said[0]?.message).toContain('states a limit of 20 requests in 1 s');
  });

  it("is not slowed down by what somebody else's page says", async () => {
    const bench = startBench({
      removals: 200,
      script: ({ number }) =>
        number === 5 ? page(503, { limit: { limit: '1', reset: '60', remaining: '0' } }) : removed,
      settings: { ratePerSecond: 100 },
    });
    await bench.finish();
    expect(bench.clock.now()).toBeLessThan(4_000);
  });

  it('gives up a limit that is stated no more', async () => {
    const bench = startBench({
      removals: 200,
      script: ({ number }) => (number === 5 ? stating({ limit: '1', reset: '60' }) : removed),
      settings: { ratePerSecond: 100 },
    });
    await bench.finish();
    expect(bench.clock.now()).toBeLessThan(4_000);
  });

  it('says that it waits where nothing is left', async () => {
    const bench = startBench({
      removals: 20,
      script: ({ number }) =>
        number === 5 ? apiAnswer(404, { limit: { limit: '600', remaining: '0', reset: '40' } }) : removed,
    });
    await bench.clock.advance(10_000);
    expect(bench.execution.situation()).toMatchObject({ kind: 'held' });
    await bench.finish();
  });

  it('fills no log where each answer states another one', async () => {
    const bench = startBench({
      removals: 300,
      script: ({ number }) => stating({ policy: `"a";q=${100 + Math.floor(number / 3)};w=1` }),
      settings: { ratePerSecond: 100 },
    });
    await bench.finish();
    expect(bench.logged.filter(({ event }) => event === 'pace.stated')).toHaveLength(1);
  });
});
