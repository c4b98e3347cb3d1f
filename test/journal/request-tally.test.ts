import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AttemptAnswered, Settled } from '../../src/journal/journal-event.ts';
import { createRequestTally } from '../../src/journal/request-tally.ts';
import { sampleEvents } from './sample-events.ts';

const attempt: AttemptAnswered = sampleEvents.attempt;
const throttled: AttemptAnswered = { ...attempt, attempts: 2, verdict: 'throttled', status: 429 };
const settled: Settled = sampleEvents.settled;

describe('createRequestTally', () => {
  it('counts what was sent, sent again and throttled', () => {
    const tally = createRequestTally();
    tally.answered({ ...attempt, attempts: 1 });
    tally.answered(throttled);
    tally.answered({ ...settled, attempts: 3 });
    tally.answered({ ...settled, attempts: 1 });
    expect(tally.figures(2)).toMatchObject({ sent: 4, retries: 2, throttled: 1, seconds: 2, perSecond: 2 });
  });

  it('does not count what was given up without another request', () => {
    const tally = createRequestTally();
    tally.answered({ ...settled, outcome: 'failed', ms: null });
    expect(tally.figures(1).sent).toBe(0);
  });

  it('leaves lost connections out of how long answers took', () => {
    const tally = createRequestTally();
    tally.answered({ ...attempt, status: null, ms: 30_000 });
    tally.answered({ ...settled, ms: 5 });
    expect(tally.figures(1).latencyMs).toMatchObject({ max: 5 });
    expect(tally.figures(1).sent).toBe(2);
  });

  it('says 0 where nothing was answered, and in no time', () => {
    expect(createRequestTally().figures(0)).toEqual({
      sent: 0,
      retries: 0,
      throttled: 0,
      seconds: 0,
      perSecond: 0,
      latencyMs: { p50: 0, p95: 0, p99: 0, max: 0 },
    });
  });

  it('knows percentiles to 1 % and a hundredth of a millisecond', () => {
    const durations = fc.array(fc.double({ min: 0, max: 60_000, noNaN: true }), {
      minLength: 1,
      maxLength: 200,
    });
    fc.assert(
      fc.property(durations, (all) => {
        const tally = createRequestTally();
        for (const ms of all) tally.answered({ ...settled, ms });
        const sorted = [...all].sort((a, b) => a - b);
        const { latencyMs } = tally.figures(1);
        expect(latencyMs.max).toBe(sorted.at(-1));
        for (const [name, share] of [
          ['p50', 0.5],
          ['p95', 0.95],
          ['p99', 0.99],
        ] as const) {
          const exact = sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
          expect(Math.abs(latencyMs[name] - exact)).toBeLessThanOrEqual(0.006 * (exact + 1) + 0.01);
        }
      }),
      { seed: 5 },
    );
  });
});
