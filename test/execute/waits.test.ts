import { describe, expect, it } from 'vitest';
import type { ReplyHeaders } from '../../src/policy/reply.ts';
import { apiAnswer, page, removed, throttled } from '../support/replies.ts';
import { startBench } from '../support/session-bench.ts';

describe('startExecution, asked to wait', () => {
  it.each<{ name: string; headers: ReplyHeaders }>([
    { name: 'more seconds than a date can hold', headers: { retryAfter: '99999999999999' } },
    { name: 'more digits than a number can hold', headers: { retryAfter: '9'.repeat(400) } },
    {
      name: 'a reset beyond all dates',
      headers: { rateLimitRemaining: '0', rateLimitReset: '9'.repeat(400) },
    },
    { name: 'the last year of all dates', headers: { retryAfter: 'Tue, 01 Jan 275760 00:00:00 GMT' } },
  ])('stops at once, throttled or not, where the wait is $name', async ({ headers }) => {
    for (const { status, reason } of [
      { status: 429, reason: 'throttled' },
      { status: 408, reason: 'outage' },
      { status: 503, reason: 'outage' },
    ]) {
      const bench = startBench({
        removals: 1,
        script: ({ attempt }) => (attempt === 1 ? apiAnswer(status, headers) : removed),
      });
      const { stop } = await bench.finish();
      expect(stop?.reason).toBe(reason);
      expect(stop?.message).toMatch(/run again after \d{4}-/);
      expect(bench.clock.now()).toBeLessThan(100);
      expect(bench.counts()).toEqual({ 'not-attempted': 1 });
    }
  });

  it('does not hammer an instance that is down for its last removal, even where it asks for no wait', async () => {
    const bench = startBench({
      removals: 1,
      script: ({ at }) => (at < 20_000 ? page(503, { retryAfter: '0' }) : removed),
    });
    expect((await bench.finish()).stop).toBeUndefined();
    expect(bench.counts()).toEqual({ removed: 1 });
    expect(bench.api.sent.length).toBeLessThanOrEqual(41);
  });

  it('waits as long as asked also where the removal has used up its attempts', async () => {
    const bench = startBench({
      removals: 1,
      script: ({ attempt }) => (attempt === 5 ? page(503, { retryAfter: '40' }) : page(503)),
      settings: { maxOutageMs: 120_000 },
    });
    await bench.finish();
    const [fifth, sixth] = bench.api.sent.slice(4).map(({ at }) => at);
    expect((sixth ?? 0) - (fifth ?? 0)).toBeGreaterThanOrEqual(40_000);
  });

  it.each([
    { name: 'for its own backoff', reply: page(503), endMs: 1_000 },
    { name: 'because it was asked to', reply: page(503, { retryAfter: '60' }), endMs: 50 },
  ])('stops for the time limit where all that is left waits beyond it $name', async ({ reply, endMs }) => {
    const bench = startBench({
      removals: 1,
      script: () => reply,
      settings: { startUntil: 1_000, cutAt: 2_000 },
    });
    const { stop } = await bench.finish();
    expect(stop?.reason).toBe('time-limit');
    expect(stop?.message).toContain('--max-duration');
    expect(bench.clock.now()).toBeLessThanOrEqual(endMs);
  });

  it('is back within seconds when a limit that others had used up is open again', async () => {
    const bench = startBench({
      removals: 400,
      script: ({ at }) => (at > 5_000 && at < 65_000 ? throttled(1) : removed),
      settings: { ratePerSecond: 10 },
    });
    expect((await bench.finish()).stop).toBeUndefined();
    const meanwhile = bench.api.sent.filter(({ at }) => at > 5_100 && at < 65_000);
    // Once for each wait of a second; a few were on their way together.
    expect(meanwhile.length).toBeLessThanOrEqual(65);
    const soonAfter = bench.api.sent.filter(({ at }) => at >= 65_000 && at < 85_000);
    expect(soonAfter.length).toBeGreaterThan(100);
    expect(bench.clock.now()).toBeLessThan(110_000);
  });
});
