import { describe, expect, it } from 'vitest';
import { lost, page, removed, throttled } from '../support/replies.ts';
import { startBench } from '../support/session-bench.ts';

function gaps(starts: readonly number[]): number[] {
  return starts.slice(1).map((at, n) => at - (starts[n] ?? 0));
}

describe('startExecution, when it may start again', () => {
  it('sends no burst after the lock was late', async () => {
    const bench = startBench({
      removals: 60,
      script: () => removed,
      settings: { ratePerSecond: 50, concurrency: 32 },
    });
    await bench.clock.advance(300);
    bench.lock.mayStart = false;
    await bench.clock.advance(30_000);
    bench.lock.mayStart = true;
    bench.lock.changed();
    await bench.finish();
    const later = bench.api.sent.map(({ at }) => at).filter((at) => at > 1_000);
    expect(later.length).toBeGreaterThan(20);
    for (const gap of gaps(later)) expect(gap).toBeGreaterThanOrEqual(19.9);
  });

  it('sends no burst after a hold', async () => {
    const bench = startBench({
      removals: 60,
      script: ({ number }) => (number === 20 ? throttled(5) : removed),
      settings: { ratePerSecond: 50, concurrency: 32 },
    });
    await bench.finish();
    const later = bench.api.sent.map(({ at }) => at).filter((at) => at > 5_000);
    expect(later.length).toBeGreaterThan(20);
    for (const gap of gaps(later)) expect(gap).toBeGreaterThanOrEqual(19.9);
  });

  it('sends no burst where connections come up late and all at once', async () => {
    const bench = startBench({
      removals: 40,
      script: ({ at, number }) =>
        number <= 8 ? { reply: removed, connectMs: 1_500 - at, afterMs: 1_520 - at } : removed,
      settings: { ratePerSecond: 10 },
    });
    await bench.finish();
    expect(bench.api.writtenAt.filter((at) => at === 1_500)).toHaveLength(8);
    expect(bench.counts()).toEqual({ removed: 40 });
  });

  it('goes on a second after what it had to wait for was written, though no reply comes', async () => {
    const bench = startBench({
      removals: 3,
      script: ({ at, number }) =>
        number <= 2 ? { reply: removed, connectMs: 5_000 - at, afterMs: 20_000 } : removed,
      settings: { ratePerSecond: 1 },
    });
    await bench.finish();
    const [, second, third] = bench.api.sent.map(({ at }) => at);
    expect(second).toBeLessThan(1_100);
    expect(third).toBeGreaterThanOrEqual(6_005);
    expect(third).toBeLessThan(6_010);
  });

  it('goes on where connections never came up', async () => {
    const bench = startBench({
      removals: 5,
      script: ({ attempt }) =>
        attempt === 1
          ? { reply: lost('timeout', false), connectMs: Number.POSITIVE_INFINITY, afterMs: 3_000 }
          : removed,
      settings: { ratePerSecond: 1 },
    });
    await bench.finish();
    expect(bench.counts()).toEqual({ removed: 5 });
    expect(bench.api.writtenAt).toHaveLength(5);
  });

  it('takes many throttled answers to what was on its way together for one', async () => {
    const bench = startBench({
      removals: 40,
      script: ({ number }) =>
        number <= 16 ? { reply: throttled(), afterMs: 100 + number } : { reply: removed, afterMs: 10 },
      settings: { concurrency: 16, ratePerSecond: 1_000 },
    });
    await bench.finish();
    const resumedAt = bench.api.sent[16]?.at ?? 0;
    // The first backoff is of 0.5 to 1 s; the sixteenth in a row would be of half a minute and more.
    expect(resumedAt).toBeGreaterThanOrEqual(600);
    expect(resumedAt).toBeLessThan(1_200);
  });

  it('sends nothing again while a sync is late, though its cover is on disk', async () => {
    const bench = startBench({
      removals: 10,
      script: ({ attempt }) => (attempt === 1 ? page(503, { retryAfter: '5' }) : removed),
    });
    await bench.clock.advance(1_000);
    expect(bench.api.sent).toHaveLength(10);
    bench.journal.setSyncMs(Number.POSITIVE_INFINITY);
    bench.journal.append({ event: 'warning', at: '2026-11-24T23:53:43.000Z', text: 'a line that is late' });
    await bench.clock.advance(60_000);
    expect(bench.api.sent).toHaveLength(10);
    bench.journal.setSyncMs(1);
    bench.journal.finishSync();
    await bench.finish();
    expect(bench.counts()).toEqual({ removed: 10 });
  });
});
