import { execFile } from 'node:child_process';
import { renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { filesBelow } from '../support/folder-state.ts';
import { builtCommand, type Ended } from '../support/run-offboard.ts';
import { clearScenes, makePairs, type Scene, setScene } from '../support/set-scene.ts';

afterAll(clearScenes);

const words = ['run', 'pairs.csv', '--out', 'run', '--concurrency', '4'];

type End = Pick<Ended, 'exitCode' | 'stderr'>;

/** Runs the command where no file may become larger than this, as where a disk is full. */
function runOnFullDisk({ cwd, env }: Scene, kibibytes: number): Promise<End> {
  const shell = `ulimit -f ${kibibytes}; exec "$0" "$@"`;
  const command = ['-c', shell, process.execPath, builtCommand, ...words, '--rate', '400'];
  return new Promise((resolve) => {
    const options = { cwd, env: { PATH: process.env['PATH'] ?? '', ...env }, timeout: 25_000 };
    execFile('bash', command, options, (error, _stdout, stderr) => {
      resolve({ exitCode: error === null ? 0 : Number(error.code), stderr });
    });
  });
}

/** It ended with 1 and a sentence that names the journal, with the rest of the list never sent. */
function expectStopped({ server }: Scene, { exitCode, stderr }: End, because: string): void {
  expect(exitCode, stderr).toBe(1);
  expect(stderr).toContain('run/journal.ndjson');
  expect(stderr).toContain(because);
  expect(stderr).not.toContain('this is a defect');
  expect(server.requests.length).toBeGreaterThan(20);
  expect(server.requests.length).toBeLessThan(400);
}

async function expectGoesOn(scene: Scene): Promise<void> {
  const { exitCode, stderr } = await scene.run(words);
  expect(exitCode, stderr).toBe(0);
  expect(scene.disagreements('run')).toEqual([]);
}

describe('a journal that', () => {
  it('cannot be written any more stops the run; with room again, the same command goes on', async () => {
    const scene = await setScene({ pairs: makePairs(400) });
    expectStopped(scene, await runOnFullDisk(scene, 16), 'cannot be written');
    await expectGoesOn(scene);
  });

  // The next heartbeat sees it, ten seconds later at the most.
  if (process.env['OFFBOARD_TEST_SCALE'] !== undefined) {
    it('is taken out of its folder stops the run; put back, the same command goes on', async () => {
      const scene = await setScene({ pairs: makePairs(400) });
      const running = scene.start([...words, '--rate', '25']);
      await scene.server.arrived(40);
      const journal = join(scene.cwd, 'run', 'journal.ndjson');
      renameSync(journal, join(scene.cwd, 'taken-away'));
      expectStopped(scene, await running.ended, 'no longer in its folder');
      renameSync(join(scene.cwd, 'taken-away'), journal);
      await expectGoesOn(scene);
    });
  }
});

describe('a run folder', () => {
  it('and all that lies in it is for its owner and group alone', async () => {
    const scene = await setScene({ pairs: makePairs(10) });
    expect((await scene.run(['run', 'pairs.csv', '--out', 'runs/run'])).exitCode).toBe(0);
    const modeOf = (path: string) => (statSync(join(scene.cwd, path)).mode & 0o777).toString(8);
    expect(['runs', 'runs/run'].map(modeOf)).toEqual(['750', '750']);
    const files = filesBelow(join(scene.cwd, 'runs'));
    expect(files).toHaveLength(12);
    for (const file of files) expect(modeOf(join('runs', file)), file).toBe('640');
  });
});
