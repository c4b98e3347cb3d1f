import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readReport } from '../support/read-report.ts';
import { clearScenes, makePairs, setScene } from '../support/set-scene.ts';

afterAll(clearScenes);

const run = ['run', 'pairs.csv', '--out', 'run'];

describe('--max-duration', { timeout: 90_000 }, () => {
  it('ends the run in time with its report, cuts what hangs, and the same command goes on', async () => {
    const pairs = makePairs(60);
    const scene = await setScene({
      pairs,
      script: ({ index }) => (index < 20 ? undefined : { kind: 'hang', acts: true }),
    });
    // Whatever takes longer is killed, which is no exit code.
    const limits = ['--max-duration', '15s', '--timeout', '1h', '--max-outage', '1h', '--grace', '1h'];
    const ended = await scene.run([...run, ...limits, '--concurrency', '5'], { limitMs: 50_000 });

    expect(ended.exitCode, ended.stderr).toBe(21);
    expect(ended.stdout).toContain('The time limit (--max-duration) came before the end.');
    expect(scene.disagreements('run')).toEqual([]);
    const { json } = readReport(join(scene.cwd, 'run'));
    expect(json.run).toMatchObject({ status: 'stopped', reason: 'time-limit', exitCode: 21 });
    expect(json.perhapsRemoved).toBe(5);

    scene.server.follow(() => undefined);
    expect((await scene.run(run)).exitCode).toBe(0);
    expect(scene.disagreements('run')).toEqual([]);
  });
});
