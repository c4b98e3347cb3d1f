import { describe, expect, it } from 'vitest';
import { torture } from './torture.ts';

const { TORTURE_ROWS: rows = '3000', TORTURE_KILLS: kills = '15', TORTURE_SEED: seed = '1' } = process.env;

describe('a run that is killed again and again while its server fails in every way', () => {
  it(`says what is so of ${rows} rows after ${kills} kills (seed ${seed})`, async () => {
    const result = await torture({
      rows: Number(rows),
      kills: Number(kills),
      seed: Number(seed),
      faultShare: 0.1,
      concurrency: 16,
    });
    const { disagreements, stderr: _stderr, ...figures } = result;
    process.stdout.write(`${JSON.stringify({ ...figures, disagreements: disagreements.length }, null, 2)}\n`);
    expect(disagreements.slice(0, 20)).toEqual([]);
    // Forbidden rows need a person: 20, and no other reason.
    expect(result.exitCode, result.stderr).toBe(20);
    expect(result.failed).toBe(0);
    expect(result.repeatedLate).toBe(0);
    expect(result.calledLost).toBeLessThanOrEqual(result.calledLostAtMost);
    expect(result.sessions).toBeGreaterThan(Number(kills) / 3);
  });
});
