import { describe, expect, it } from 'vitest';
import type { Reply } from '../../src/policy/reply.ts';
import { apiAnswer, lost, notFound, page, refused, removed } from '../support/replies.ts';
import type { ScriptedRequest } from '../support/scripted-api.ts';
import { startBench } from '../support/session-bench.ts';

/** Down for everybody from one instant to another. */
function downBetween(from: number, until: number, failure: Reply): (request: ScriptedRequest) => Reply {
  return ({ at }) => (at >= from && at < until ? failure : removed);
}

const failures = [
  { failure: refused, name: 'a refused connection' },
  { failure: lost('timeout', true), name: 'a timeout' },
  { failure: page(502), name: '502' },
  { failure: page(500), name: '500 with a page' },
  { failure: apiAnswer(503, {}, 'service_maintenance'), name: 'maintenance' },
];

describe('startExecution, while the instance is down', () => {
  describe.each(failures)('with $name', ({ failure }) => {
    it.each(
      [1, 8, 64].flatMap((concurrency) =>
        [1, 3, 50].flatMap((removals) => [0, 25].map((from) => ({ concurrency, removals, from }))),
      ),
    )('fails nobody: $concurrency at once, $removals removals, down for 20 s from $from ms', async (row) => {
      const { concurrency, removals, from } = row;
      const bench = startBench({
        removals,
        script: downBetween(from, from + 20_000, failure),
        settings: { concurrency },
        seed: concurrency * 100 + removals,
      });
      expect((await bench.finish()).stop).toBeUndefined();
      expect(bench.counts()).toEqual({ removed: removals });
      const meanwhile = bench.api.sent.filter(({ at }) => at >= from && at < from + 20_000).length;
      expect(meanwhile).toBeLessThanOrEqual(concurrency + 40);
    });
  });

  it('asks with one request at a time until one gets through, then all go on', async () => {
    const bench = startBench({ removals: 200, script: downBetween(500, 60_500, page(503)) });
    await bench.clock.advance(40_000);
    expect(bench.execution.situation()).toMatchObject({ kind: 'outage', host: 'paradigm.example' });
    expect(bench.api.inFlight()).toBeLessThanOrEqual(1);
    await bench.finish();
    expect(bench.counts()).toEqual({ removed: 200 });
    const probes = bench.api.sent.filter(({ at }) => at > 2_000 && at < 60_500).map(({ at }) => at);
    expect(probes.length).toBeGreaterThan(3);
    for (const [n, at] of probes.entries()) {
      if (n > 0) expect(at - (probes[n - 1] ?? 0)).toBeGreaterThanOrEqual(10);
      if (n > 0) expect(at - (probes[n - 1] ?? 0)).toBeLessThanOrEqual(30_100);
    }
    expect(bench.logged.map(({ event }) => event)).toContain('outage.ended');
  });

  it('sends no second probe while the first is on its way', async () => {
    const bench = startBench({
      removals: 60,
      script: ({ number, at }) => {
        if (number <= 10) return page(503);
        return at < 60_000 ? { reply: lost('timeout', true), afterMs: 7_000 } : removed;
      },
      settings: { concurrency: 8 },
    });
    const before = () => bench.api.sent.filter(({ at }) => at < 100).length;
    await bench.clock.advance(20_000);
    for (let second = 0; second < 40; second += 1) {
      await bench.clock.advance(1_000);
      expect(bench.api.inFlight()).toBeLessThanOrEqual(1);
    }
    expect(bench.api.sent.length - before()).toBeLessThan(10);
    await bench.finish();
    expect(bench.counts()).toEqual({ removed: 60 });
  });

  it('probes with new removals as well, so that a few hopeless ones do not decide', async () => {
    const hopeless = new Set<number>();
    const bench = startBench({
      removals: 50,
      script({ pair, at }) {
        if (at < 100) hopeless.add(pair.user);
        return hopeless.has(pair.user) ? page(500) : removed;
      },
      settings: { concurrency: 2, ratePerSecond: 200 },
    });
    expect((await bench.finish()).stop).toBeUndefined();
    expect(bench.logged.map(({ event }) => event)).toContain('outage.ended');
    expect(bench.counts()).toEqual({ removed: 50 - hopeless.size, failed: hopeless.size });
  });

  it('says the first failure at once: host, code and when it will stop', async () => {
    const bench = startBench({ removals: 30, script: () => refused });
    await bench.clock.advance(300);
    const said = bench.logged.find(({ event }) => event === 'instance.failed');
    expect(said?.at).toBeLessThan(50);
    expect(said?.message).toMatch(/paradigm\.example.*ECONNREFUSED.*10 m/);
    bench.execution.interrupt('SIGTERM');
    await bench.finish();
  });

  it.each([1, 3, 50])(
    'stops after --max-outage without a success, and the rest is not attempted (%d removals)',
    async (removals) => {
      const bench = startBench({
        removals,
        script: ({ number }) => (number <= removals / 2 ? removed : lost('connection-lost', true)),
        settings: { maxOutageMs: 120_000 },
      });
      const { stop } = await bench.finish();
      expect(stop?.reason).toBe('outage');
      expect(stop?.message).toMatch(/unreachable.*CONNECTION-LOST/);
      expect(bench.clock.now()).toBeGreaterThanOrEqual(120_000);
      expect(bench.clock.now()).toBeLessThan(123_000);
      const before = Math.floor(removals / 2);
      expect(bench.counts()).toEqual({
        ...(before > 0 ? { removed: before } : {}),
        'not-attempted': removals - before,
      });
    },
  );

  it('counts throttled answers in between as no success', async () => {
    const bench = startBench({
      removals: 20,
      script: ({ number }) => (number % 2 === 0 ? apiAnswer(429, { retryAfter: '1' }) : page(503)),
      settings: { maxOutageMs: 60_000 },
    });
    const { stop } = await bench.finish();
    expect(stop?.reason).toBe('outage');
    expect(bench.clock.now()).toBeLessThan(65_000);
    expect(bench.counts()).toEqual({ 'not-attempted': 20 });
  });

  it.each([
    { maxOutageMs: 600_000, endMs: 30_000 },
    { maxOutageMs: 10_000, endMs: 10_000 },
  ])(
    'gives a host name that does not exist up after $endMs ms where --max-outage is $maxOutageMs',
    async ({ maxOutageMs, endMs }) => {
      const bench = startBench({
        removals: 30,
        script: () => lost('host-unknown', false, 'ENOTFOUND'),
        settings: { maxOutageMs },
      });
      const { stop } = await bench.finish();
      expect(stop?.reason).toBe('outage');
      expect(stop?.message).toMatch(/does not exist/);
      expect(bench.clock.now()).toBeGreaterThanOrEqual(endMs);
      expect(bench.clock.now()).toBeLessThan(endMs + 1_000);
    },
  );

  it('waits as long as ever for a host name that was there before', async () => {
    const bench = startBench({
      removals: 30,
      script: ({ at }) => (at > 100 && at < 120_000 ? lost('host-unknown', false, 'ENOTFOUND') : removed),
    });
    expect((await bench.finish()).stop).toBeUndefined();
    expect(bench.counts()).toEqual({ removed: 30 });
  });

  it('counts pages in place of the API as an outage once the API was seen', async () => {
    const bench = startBench({
      removals: 60,
      script: ({ at }) => (at > 100 && at < 90_000 ? page(404) : notFound),
    });
    expect((await bench.finish()).stop).toBeUndefined();
    expect(bench.counts()).toEqual({ 'not-found': 60 });
  });

  it('fails none of a few where an answer that was on its way came after the first failure', async () => {
    const bench = startBench({
      removals: 3,
      settings: { concurrency: 3 },
      script({ pair, at }) {
        if (pair.user === 1) return { reply: removed, afterMs: 300 };
        return at < 20_000 ? page(502) : removed;
      },
    });
    expect((await bench.finish()).stop).toBeUndefined();
    expect(bench.counts()).toEqual({ removed: 3 });
  });

  it('fails none where the instance comes and goes, however often a removal met it gone', async () => {
    for (let seed = 1; seed <= 5; seed += 1) {
      const bench = startBench({
        removals: 300,
        seed,
        script: ({ at }) => ({
          reply: at % 4_000 < 1_000 ? removed : lost('connection-lost', true),
          afterMs: 20,
        }),
      });
      expect((await bench.finish()).stop).toBeUndefined();
      expect(bench.counts()).toEqual({ removed: 300 });
    }
  });

  it('fails a removal that others got past, however slow its own attempts are', async () => {
    const bench = startBench({
      removals: 200,
      settings: { ratePerSecond: 20 },
      script: ({ pair }) => (pair.user === 1 ? { reply: lost('timeout', true), afterMs: 800 } : removed),
    });
    expect((await bench.finish()).stop).toBeUndefined();
    expect(bench.counts()).toEqual({ removed: 199, failed: 1 });
  });
});
