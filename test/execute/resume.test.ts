import { describe, expect, it } from 'vitest';
import { lost, notFound, removed } from '../support/replies.ts';
import { startBench } from '../support/session-bench.ts';
import { attemptOn, sessionEnded, sessionStarted, settledOn } from '../support/session-events.ts';

describe('startExecution, after earlier attempts', () => {
  it('takes a 404 after a lost reply for perhaps our own doing, also where the reply was lost in an earlier session', async () => {
    const bench = startBench({
      removals: 4,
      earlier: [
        sessionStarted(),
        { event: 'starting', pass: 'fresh', throughLine: 4 },
        settledOn(2),
        attemptOn(3, { reason: 'timeout', lost: true, status: null, attempts: 3 }),
        attemptOn(4, { reason: 'connection-refused', lost: false, status: null }),
        sessionEnded({ status: 'stopped', reason: 'interrupted' }),
      ],
      script: ({ pair, attempt }) =>
        pair.user === 4 && attempt === 1 ? lost('connection-lost', true) : notFound,
    });
    await bench.finish();
    expect(bench.counts()).toEqual({ removed: 1, 'not-found': 3 });
    expect(bench.lastOn(3)).toMatchObject({ reason: 'absent-after-lost-reply', attempts: 4 });
    expect(bench.lastOn(4)).toMatchObject({ reason: 'absent', attempts: 2 });
    expect(bench.lastOn(5)).toMatchObject({ reason: 'absent-after-lost-reply', attempts: 2 });
    expect(bench.sentOn(2)).toHaveLength(0);
  });

  it('begins a resumed run with what was never sent', async () => {
    const bench = startBench({
      removals: 6,
      earlier: [
        sessionStarted(),
        { event: 'starting', pass: 'fresh', throughLine: 4 },
        settledOn(2, { outcome: 'failed', reason: 'http-502', status: 502 }),
        settledOn(3, { outcome: 'forbidden', reason: 'insufficient-rights', status: 403 }),
        sessionEnded({ status: 'stopped', reason: 'interrupted', unsent: { fresh: [4], again: [] } }),
      ],
      script: () => removed,
    });
    await bench.finish();
    expect(bench.api.sent.map(({ pair }) => pair.user + 1)).toEqual([4, 5, 6, 7, 2]);
    expect(bench.counts()).toEqual({ removed: 5, forbidden: 1 });
  });

  it('tries forbidden ones again where it is asked to', async () => {
    const bench = startBench({
      removals: 2,
      retryForbidden: true,
      earlier: [
        sessionStarted(),
        { event: 'starting', pass: 'fresh', throughLine: 3 },
        settledOn(2, { outcome: 'forbidden', reason: 'insufficient-rights', status: 403 }),
        settledOn(3),
        sessionEnded(),
      ],
      script: () => removed,
    });
    await bench.finish();
    expect(bench.counts()).toEqual({ removed: 2 });
    expect(bench.api.sent).toHaveLength(1);
  });
});
