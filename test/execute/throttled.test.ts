import { describe, expect, it } from 'vitest';
import { apiAnswer, page, refused, removed, throttled } from '../support/replies.ts';
import { startBench } from '../support/session-bench.ts';

describe('startExecution, throttled', () => {
  it.each([
    { name: 'seconds', reply: throttled(30), waitMs: 30_000 },
    { name: 'decimals', reply: throttled(0.75), waitMs: 750 },
    {
      name: "a date, by the answer's own clock",
      reply: apiAnswer(429, {
        retryAfter: 'Tue, 01 Jan 2030 00:02:00 GMT',
        date: 'Tue, 01 Jan 2030 00:00:00 GMT',
      }),
      waitMs: 120_000,
    },
    { name: '403 with Retry-After', reply: page(403, { retryAfter: '9' }), waitMs: 9_000 },
    {
      name: '403 with a used-up limit',
      reply: apiAnswer(403, { rateLimitRemaining: '0', rateLimitReset: '45' }),
      waitMs: 45_000,
    },
  ])('holds everybody until the time that $name names', async ({ reply, waitMs }) => {
    const bench = startBench({ removals: 60, script: ({ number }) => (number === 20 ? reply : removed) });
    await bench.finish();
    expect(bench.counts()).toEqual({ removed: 60 });
    const answeredAt = (bench.api.sent[19]?.at ?? 0) + 10;
    const later = bench.api.sent.filter(({ at }) => at > answeredAt);
    expect(later.length).toBeGreaterThan(30);
    expect(later[0]?.at).toBeGreaterThanOrEqual(answeredAt + waitMs);
    expect(later[0]?.at).toBeLessThan(answeredAt + waitMs + 50);
  });

  it('never cuts a hold short when a later answer asks for less', async () => {
    const bench = startBench({
      removals: 40,
      script: ({ number }) => {
        if (number === 10) return throttled(60);
        if (number === 11) return throttled(1);
        return number === 12 ? { reply: throttled(70), afterMs: 30_000 } : removed;
      },
      settings: { concurrency: 8, ratePerSecond: 500 },
    });
    await bench.finish();
    const between = bench.api.sent.filter(({ at }) => at > 1_000 && at < 99_000);
    expect(between).toEqual([]);
    expect(bench.counts()).toEqual({ removed: 40 });
  });

  it('holds with growing backoff where no time is named, or none that makes sense', async () => {
    const bench = startBench({
      removals: 5,
      script: ({ number }) => (number <= 6 ? apiAnswer(429, { retryAfter: 'soon' }) : removed),
      settings: { concurrency: 1 },
    });
    await bench.finish();
    const starts = bench.api.sent.slice(0, 7).map(({ at }) => at);
    for (let spell = 1; spell <= 6; spell += 1) {
      const waited = (starts[spell] ?? 0) - (starts[spell - 1] ?? 0) - 10;
      expect(waited).toBeGreaterThanOrEqual(500 * 2 ** (spell - 1));
      expect(waited).toBeLessThanOrEqual(1_000 * 2 ** (spell - 1) + 60_000);
    }
  });

  it('takes a lost connection for no answer: the backoff goes on growing', async () => {
    const bench = startBench({
      removals: 20,
      script: ({ number }) => {
        if (number > 8) return removed;
        return number % 2 === 1 ? throttled() : refused;
      },
      settings: { concurrency: 1 },
    });
    await bench.finish();
    const starts = bench.api.sent.slice(0, 8).map(({ at }) => at);
    for (const spell of [0, 1, 2, 3]) {
      const waited = (starts[2 * spell + 1] ?? 0) - (starts[2 * spell] ?? 0);
      expect(waited).toBeGreaterThanOrEqual(500 * 2 ** spell);
    }
  });

  it('uses up no attempt', async () => {
    const bench = startBench({
      removals: 1,
      script: ({ attempt }) => (attempt <= 30 ? throttled(1) : attempt === 31 ? page(502) : removed),
      settings: { maxAttempts: 2 },
    });
    await bench.finish();
    expect(bench.counts()).toEqual({ removed: 1 });
    expect(bench.lastOn(2)).toMatchObject({ attempts: 32 });
  });

  it('says why nothing moves', async () => {
    const bench = startBench({
      removals: 5,
      script: ({ number }) => (number === 1 ? throttled(60) : removed),
    });
    await bench.clock.advance(10_000);
    expect(bench.execution.situation()).toMatchObject({ kind: 'held' });
    await bench.finish();
  });

  it('stops once nothing but throttled answers came for --max-outage, and what was throttled is not attempted', async () => {
    const bench = startBench({
      removals: 500,
      script: ({ number }) => (number <= 100 ? removed : throttled(20)),
      settings: { maxOutageMs: 120_000 },
    });
    const { stop } = await bench.finish();
    expect(stop?.reason).toBe('throttled');
    expect(bench.clock.now()).toBeGreaterThan(120_000);
    expect(bench.clock.now()).toBeLessThan(125_000);
    expect(bench.counts()).toEqual({ removed: 100, 'not-attempted': 400 });
  });

  it.each([0, 5])(
    'asks once more after a wait as long as --max-outage, and goes on where that gets through (%d s on its way)',
    async (seconds) => {
      const bench = startBench({
        removals: 50,
        script({ number }) {
          if (number === 3) return { reply: throttled(60), afterMs: 1_000 * seconds + 10 };
          return number < 3 ? { reply: throttled(1), afterMs: 61_000 } : removed;
        },
        settings: { maxOutageMs: 60_000, concurrency: 3 },
      });
      expect((await bench.finish()).stop).toBeUndefined();
      expect(bench.counts()).toEqual({ removed: 50 });
    },
  );

  it('stops with the first throttled answer after a wait as long as --max-outage', async () => {
    const bench = startBench({
      removals: 50,
      script: ({ number }) => (number < 10 ? removed : throttled(60)),
      settings: { maxOutageMs: 60_000, concurrency: 1 },
    });
    const { stop } = await bench.finish();
    expect(stop).toMatchObject({ reason: 'throttled', message: expect.stringContaining('nothing but') });
    expect(bench.api.sent).toHaveLength(11);
    expect(bench.clock.now()).toBeLessThan(61_000);
  });

  it.each([
    { name: '--max-outage', settings: { maxOutageMs: 600_000 }, seconds: 601 },
    { name: 'the time that is left', settings: { startUntil: 90_000, cutAt: 95_000 }, seconds: 90 },
  ])(
    'stops at once where the wait is longer than $name, and says when to run again',
    async ({ settings, seconds }) => {
      const bench = startBench({
        removals: 50,
        script: ({ number }) => (number === 10 ? throttled(seconds) : removed),
        settings,
      });
      const { stop } = await bench.finish();
      expect(stop?.reason).toBe('throttled');
      expect(bench.clock.now()).toBeLessThan(1_000);
      const answeredAt = (bench.api.sent[9]?.at ?? 0) + 10;
      const again = new Date(Date.UTC(2026, 10, 24, 23, 53, 42) + answeredAt + seconds * 1_000);
      expect(stop?.message).toContain(again.toISOString());
    },
  );

  it('puts a removal that is throttled five times while others get through at the end of the line', async () => {
    const bench = startBench({
      removals: 100,
      script: ({ pair, number }) => (pair.user === 3 && number < 100 ? throttled(0.1) : removed),
    });
    await bench.finish();
    expect(bench.counts()).toEqual({ removed: 100 });
    expect(bench.sentOn(4)).toHaveLength(6);
    expect(bench.api.sent.at(-1)?.pair.user).toBe(3);
  });

  it.each([1, 8])(
    'lets others go first after a hold, so that one removal cannot hold up all (%d at once)',
    async (concurrency) => {
      const bench = startBench({
        removals: 100,
        script: ({ pair }) => (pair.user <= 2 ? throttled(5) : removed),
        settings: { concurrency, maxOutageMs: 60_000 },
      });
      const { stop } = await bench.finish();
      expect(stop?.reason).toBe('throttled');
      expect(bench.counts()).toEqual({ removed: 98, 'not-attempted': 2 });
    },
  );

  it('leaves a removal where it is in the line while nobody gets through', async () => {
    const bench = startBench({
      removals: 100,
      script: ({ number }) => (number <= 60 ? throttled(0.1) : removed),
      settings: { concurrency: 1 },
    });
    await bench.finish();
    expect(bench.sentOn(2).length).toBeGreaterThan(5);
    expect(bench.sentOn(2).at(-1)?.number).toBeLessThan(110);
  });

  it('holds the probes of an outage too', async () => {
    const bench = startBench({
      removals: 60,
      script: ({ number }) => {
        if (number === 1) return { reply: throttled(60), afterMs: 30 };
        return number <= 16 ? { reply: page(503), afterMs: 50 } : removed;
      },
      settings: { concurrency: 16, ratePerSecond: 1_000 },
    });
    await bench.finish();
    expect(bench.logged.map(({ event }) => event)).toContain('outage.began');
    expect(bench.api.sent.find(({ number }) => number > 16)?.at).toBeGreaterThanOrEqual(60_030);
    expect(bench.counts()).toEqual({ removed: 60 });
  });

  it('gives such a removal up --max-outage after the last answer of another kind', async () => {
    const bench = startBench({
      removals: 100,
      script: ({ pair }) => (pair.user === 3 ? throttled(5) : removed),
      settings: { maxOutageMs: 60_000 },
    });
    const { stop } = await bench.finish();
    expect(stop?.reason).toBe('throttled');
    expect(bench.counts()).toEqual({ removed: 99, 'not-attempted': 1 });
    const lastOther = bench.api.sent.findLast(({ pair }) => pair.user !== 3)?.at ?? 0;
    expect(bench.clock.now()).toBeGreaterThanOrEqual(lastOther + 60_000);
    expect(bench.clock.now()).toBeLessThan(lastOther + 61_000);
  });

  it('lets what waits alone take no place of the others, and stops where only such are left that wait too long', async () => {
    const bench = startBench({
      removals: 50,
      script: ({ pair }) => (pair.user === 2 ? page(503, { retryAfter: '3600' }) : removed),
    });
    const { stop } = await bench.finish();
    expect(stop?.reason).toBe('outage');
    expect(stop?.message).toContain('run again after');
    expect(bench.clock.now()).toBeLessThan(2_000);
    expect(bench.counts()).toEqual({ removed: 49, 'not-attempted': 1 });
    expect(bench.ledger.hasLostReply(1)).toBe(true);
  });
});
