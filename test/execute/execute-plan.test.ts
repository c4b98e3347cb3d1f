import { describe, expect, it } from 'vitest';
import { apiAnswer, lost, page, removed } from '../support/replies.ts';
import { startBench } from '../support/session-bench.ts';

describe('startExecution', () => {
  it('removes everybody once, in the order of the input', async () => {
    const bench = startBench({ removals: 300, script: () => removed });
    expect(await bench.finish()).toEqual({ stop: undefined, unsent: { fresh: [], again: [] }, heldMs: 0 });
    expect(bench.counts()).toEqual({ removed: 300 });
    expect(bench.api.sent.map(({ pair }) => pair.user)).toEqual(
      Array.from({ length: 300 }, (_, at) => at + 1),
    );
    expect(bench.api.sent.every(({ key }) => key === 'key-1')).toBe(true);
  });

  it('ends at once where nothing is left', async () => {
    const bench = startBench({ removals: 0, script: () => removed });
    expect((await bench.finish()).stop).toBeUndefined();
    expect(bench.api.sent).toHaveLength(0);
  });

  it.each([1, 2, 8, 64])(
    'has at most %d requests in flight, and as many where there is enough to do',
    async (concurrency) => {
      const bench = startBench({
        removals: 200,
        script: () => ({ reply: removed, afterMs: 500 }),
        settings: { concurrency, ratePerSecond: Number.POSITIVE_INFINITY },
      });
      await bench.finish();
      expect(bench.api.mostInFlight()).toBe(concurrency);
    },
  );

  it.each([
    { ratePerSecond: 0.5, removals: 20 },
    { ratePerSecond: 1.5, removals: 40 },
    { ratePerSecond: 10, removals: 100 },
    { ratePerSecond: 400, removals: 2_000 },
  ])(
    'keeps to $ratePerSecond/s, retries included, and reaches nearly all of it',
    async ({ ratePerSecond, removals }) => {
      const bench = startBench({
        removals,
        script: ({ attempt, number }) => (attempt === 1 && number % 3 === 0 ? page(502) : removed),
        settings: { ratePerSecond, concurrency: 32 },
      });
      await bench.finish();
      expect(bench.counts()).toEqual({ removed: removals });
      expect(bench.api.sent.length).toBeGreaterThan(removals * 1.2);
      const last = bench.api.sent.findLast(({ attempt }) => attempt === 1)?.at ?? 0;
      expect(bench.api.sent.filter(({ at }) => at <= last).length / (last / 1_000)).toBeGreaterThanOrEqual(
        0.98 * ratePerSecond,
      );
    },
  );

  it('sends nothing that no line on disk covers, however late the disk is', async () => {
    const bench = startBench({ removals: 40, script: () => removed });
    bench.journal.setSyncMs(400);
    await bench.finish();
    expect(bench.counts()).toEqual({ removed: 40 });
    expect(bench.api.sent[0]?.at).toBeGreaterThanOrEqual(400);
  });

  it('lets the watermark run ahead by two in flight each, or by what starts in 50 ms', async () => {
    const few = startBench({ removals: 100, script: () => removed, settings: { concurrency: 3 } });
    await few.finish();
    const many = startBench({
      removals: 3_000,
      script: () => ({ reply: removed, afterMs: 1 }),
      settings: { concurrency: 4, ratePerSecond: 2_000 },
    });
    await many.finish();
    const watermarks = (bench: typeof few) =>
      bench
        .events()
        .flatMap((event) => (event.event === 'starting' ? [event.throughLine] : []))
        .map((line, at, all) => line - (all[at - 1] ?? 1));
    // One place is left for a retry.
    expect(Math.max(...watermarks(few))).toBe(5);
    // Twice the concurrency alone would ask for a sync each 4 ms; the tighter bound is checked in the bench.
    expect(Math.max(...watermarks(many))).toBeGreaterThan(8);
  });

  it('starts nothing while a sync is more than a second late, though much is covered, and goes on when it is there', async () => {
    const bench = startBench({
      removals: 400,
      script: () => removed,
      settings: { ratePerSecond: 50, concurrency: 100 },
    });
    await bench.clock.advance(100);
    bench.journal.setSyncMs(Number.POSITIVE_INFINITY);
    await bench.clock.advance(1_200);
    const sent = bench.api.sent.length;
    expect(sent).toBeGreaterThan(40);
    await bench.clock.advance(60_000);
    expect(bench.api.sent.length).toBe(sent);
    expect(bench.execution.situation().kind).toBe('disk-late');
    bench.journal.setSyncMs(1);
    bench.journal.finishSync();
    await bench.finish();
    expect(bench.counts()).toEqual({ removed: 400 });
  });

  it('waits alone with backoff after a transient answer, and others go on', async () => {
    const bench = startBench({
      removals: 30,
      script: ({ pair, attempt }) => (pair.user === 1 && attempt < 5 ? lost('timeout', true) : removed),
      settings: { concurrency: 1, ratePerSecond: 20 },
    });
    await bench.finish();
    expect(bench.counts()).toEqual({ removed: 30 });
    const [first, second, third, fourth, fifth] = bench.sentOn(2).map(({ at }) => at);
    const gaps = [second, third, fourth, fifth].map(
      (at, n) => (at ?? 0) - ([first, second, third, fourth][n] ?? 0),
    );
    for (const [n, gap] of gaps.entries())
      expect(gap).toBeLessThanOrEqual(200 * 2 ** n + 10 + 1_000 / 20 + 1);
    expect(bench.sentOn(3)[0]?.at).toBeLessThan(100);
  });

  it("waits as long as a transient answer's Retry-After asks", async () => {
    const bench = startBench({
      removals: 30,
      script: ({ pair, attempt }) =>
        pair.user === 1 && attempt === 1 ? page(503, { retryAfter: '7.5' }) : removed,
    });
    await bench.finish();
    expect(bench.sentOn(2)[1]?.at).toBeCloseTo(7_500 + (bench.sentOn(2)[0]?.at ?? 0) + 10, 3);
  });

  it('fails a removal when its attempts are used up, with its last answer', async () => {
    const bench = startBench({
      removals: 30,
      script: ({ pair }) => (pair.user === 4 ? page(502) : removed),
      settings: { maxAttempts: 3 },
    });
    expect((await bench.finish()).stop).toBeUndefined();
    expect(bench.counts()).toEqual({ removed: 29, failed: 1 });
    expect(bench.sentOn(5)).toHaveLength(3);
    expect(bench.lastOn(5)).toMatchObject({
      event: 'settled',
      outcome: 'failed',
      reason: 'http-502',
      attempts: 3,
      status: 502,
      lost: true,
      ms: null,
      detail: 'not an answer of the API',
    });
  });

  it.each([
    { name: 'the API, whose conflict says nothing of the attempt before', last: apiAnswer(409) },
    { name: 'somebody else', last: page(409) },
  ])(
    'calls a removal perhaps done after a lost reply, whoever refuses the next attempt: $name',
    async ({ last }) => {
      const bench = startBench({
        removals: 3,
        script: ({ pair, attempt }) => {
          if (pair.user !== 2) return removed;
          return attempt === 1 ? lost('timeout', true) : last;
        },
      });
      await bench.finish();
      expect(bench.lastOn(3)).toMatchObject({ outcome: 'failed', reason: 'http-409' });
      expect(bench.ledger.hasLostReply(1)).toBe(true);
    },
  );

  it('begins no new removal while 1,024 wait for their next attempt', { timeout: 120_000 }, async () => {
    const bench = startBench({
      removals: 1_600,
      script: ({ attempt, number }) => {
        if (number % 5 === 0) return removed;
        return attempt === 1 ? page(503, { retryAfter: '60' }) : removed;
      },
      settings: { concurrency: 64, ratePerSecond: 1_000 },
    });
    await bench.clock.advance(30_000);
    const begun = bench.api.sent.length;
    expect(begun).toBeLessThan(1_024 / 0.8 + 70);
    expect(bench.execution.situation().kind).toBe('running');
    await bench.finish();
    expect(bench.counts()).toEqual({ removed: 1_600 });
  });
});
