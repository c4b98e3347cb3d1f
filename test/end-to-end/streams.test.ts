import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readReport } from '../support/read-report.ts';
import { builtCommand } from '../support/run-offboard.ts';
import { clearScenes, makePairs, type Scene, setScene } from '../support/set-scene.ts';

afterAll(clearScenes);

/** The command with its streams in the test's own hands. */
function spawnIn({ cwd, env }: Scene, words: readonly string[]) {
  return spawn(process.execPath, [builtCommand, ...words], {
    cwd,
    env: { PATH: process.env['PATH'] ?? '', HOME: cwd, TMPDIR: cwd, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

describe('whoever reads the output', () => {
  it('may stop reading: the run goes on to its end, and its exit code tells', async () => {
    const scene = await setScene({
      pairs: makePairs(60),
      forbidden: [3],
      script: () => ({ kind: 'usual', afterMs: 5 }),
    });
    const child = spawnIn(scene, ['run', 'pairs.csv', '--out', 'run', '--log-level', 'debug']);
    child.stdin.end();
    child.stdout.destroy();
    child.stderr.destroy();

    const [exitCode] = await once(child, 'exit');

    expect(exitCode).toBe(20);
    expect(scene.disagreements('run')).toEqual([]);
    expect(readReport(join(scene.cwd, 'run')).json.counts.forbidden).toBe(3);
  });
});

describe('whoever writes the input', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'may never come to an end: %s stops the run with 21, and nothing is left behind',
    async (signal) => {
      const scene = await setScene({ pairs: makePairs(5) });
      const child = spawnIn(scene, ['run', '-']);
      child.stdin.write('workspace_id,user_id\n1,1000\n');
      let said = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        said += text;
      });
      // What it reads is kept in a folder of its own: once that is there, it listens.
      while (readdirSync(scene.cwd).length === 1) await new Promise((resolve) => setTimeout(resolve, 10));
      child.kill(signal);

      const [exitCode] = await once(child, 'close');

      expect(exitCode).toBe(21);
      expect(said).toMatch(/^offboard: Stopped .*nothing was sent\.\n$/);
      expect(readdirSync(scene.cwd)).toEqual(['pairs.csv']);
      expect(scene.server.requests).toEqual([]);
    },
  );
});
