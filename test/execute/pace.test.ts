import { describe, expect, it } from 'vitest';
import { page, removed, throttled } from '../support/replies.ts';
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
