import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Progress, Situation } from '../../src/effects.ts';
import { progressFacts, progressText } from '../../src/report/progress-text.ts';

const running: Progress = {
  removals: 10_000,
  done: 1_234,
  counts: { removed: 1_200, 'not-found': 30, forbidden: 3, failed: 1, duplicate: 17 },
  sent: 1_300,
  situation: { kind: 'running' },
};
const speed = { requestsPerSecond: 9.84, removalsPerSecond: 9.8 };

function inSituation(situation: Situation): Progress {
  return { ...running, situation };
}

const situations: readonly (readonly [Situation, string])[] = [
  [{ kind: 'held', remainingMs: 41_500 }, 'held: the API asked to wait 42 s'],
  [
    { kind: 'outage', host: 'h', sinceMs: 72_000, stopsInMs: 528_000 },
    'instance unreachable for 1 m 12 s, stops in 8 m 48 s',
  ],
  [
    { kind: 'key-refused', stopsInMs: 80_000 },
    'key refused: waiting for a new one in the key file, stops in 1 m 20 s',
  ],
  [{ kind: 'waiting', remainingMs: 3_000 }, 'waiting 3 s to try 8,766 removals again'],
  [{ kind: 'disk-late' }, 'the disk is late'],
  [
    { kind: 'stopping', because: 'interrupted', inFlight: 5, remainingMs: 18_000 },
    'stopping (interrupted): 5 requests in flight, 18 s left',
  ],
];

describe('progressText', () => {
  it.each([
    [20, '1,234/10,000  12 %'],
    [40, '1,234/10,000  12 %  14 m 55 s left'],
    [60, '1,234/10,000  12 %  9.8/s  14 m 55 s left  failed 1'],
    [80, '1,234/10,000  12 %  9.8/s  14 m 55 s left  failed 1  forbidden 3  removed 1,200'],
    [
      110,
      '[#-----------]  1,234/10,000  12 %  9.8/s  14 m 55 s left  failed 1  forbidden 3  removed 1,200  not-found 30',
    ],
    [
      200,
      '[####------------------------------------]  1,234/10,000  12 %  9.8/s  14 m 55 s left  failed 1  forbidden 3  removed 1,200  not-found 30',
    ],
  ])('fits in %d columns and keeps what matters most', (columns, text) => {
    expect(progressText(running, speed, columns, false)).toBe(text);
  });

  it.each(situations)('says why nothing moves: %j', (situation, words) => {
    expect(progressText(inSituation(situation), speed, 200, false)).toContain(`12 %  ${words}  failed 1`);
  });

  it('says the situation even where nothing else has room', () => {
    const outage: Situation = { kind: 'outage', host: 'h', sinceMs: 72_000, stopsInMs: 528_000 };
    expect(progressText(inSituation(outage), speed, 60, false)).toBe(
      'instance unreachable for 1 m 12 s, stops in 8 m 48 s',
    );
    expect(progressText(inSituation(outage), speed, 20, false)).toBe('instance unreachabl');
  });

  it('colours the situation alone', () => {
    const text = progressText(inSituation({ kind: 'disk-late' }), speed, 80, true);
    expect(text).toContain('\u001b[33mthe disk is late\u001b[39m');
    expect(text.split('\u001b')).toHaveLength(3);
  });

  it('is always shorter than the window, and never wraps', () => {
    const anySituation = fc.constantFrom<Situation>(
      { kind: 'running' },
      ...situations.map(([situation]) => situation),
    );
    const moment = fc.record({
      removals: fc.integer({ min: 0, max: 1_000_000_000 }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      failed: fc.nat(1_000_000),
      perSecond: fc.double({ min: 0, max: 100_000, noNaN: true }),
      situation: anySituation,
      columns: fc.integer({ min: 20, max: 400 }),
    });
    fc.assert(
      fc.property(moment, ({ removals, share, failed, perSecond, situation, columns }) => {
        const progress = {
          removals,
          done: Math.floor(removals * share),
          counts: { failed },
          sent: 1,
          situation,
        };
        const measured = { requestsPerSecond: perSecond, removalsPerSecond: perSecond };
        const text = progressText(progress, measured, columns, false);
        expect(text.length).toBeLessThan(columns);
        expect(text).toMatch(/^[\x20-\x7e]+$/);
      }),
      { seed: 21, numRuns: 1_000 },
    );
  });
});

describe('progressFacts', () => {
  it.each([
    { removals: 1_000, done: 999, percent: 99 },
    { removals: 1_000, done: 1_000, percent: 100 },
    { removals: 0, done: 0, percent: 100 },
    { removals: 3, done: 0, percent: 0 },
  ])('says $percent % of $done in $removals', ({ removals, done, percent }) => {
    expect(progressFacts({ ...running, removals, done }, speed).percent).toBe(percent);
  });

  it('knows no time left while nothing moves', () => {
    const still = { requestsPerSecond: 0, removalsPerSecond: 0 };
    expect(progressFacts(running, still).secondsLeft).toBeUndefined();
    expect(progressFacts(inSituation({ kind: 'held', remainingMs: 1 }), speed).secondsLeft).toBeUndefined();
  });
});
