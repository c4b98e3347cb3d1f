import { execFileSync } from 'node:child_process';
import { renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { filesBelow } from '../support/folder-state.ts';
import type { Running } from '../support/run-offboard.ts';
import { clearScenes, makePairs, type Scene, setScene } from '../support/set-scene.ts';

afterAll(clearScenes);

const words = ['run', 'pairs.csv', '--out', 'run', '--concurrency', '4'];

async function startSlowly(rate: string): Promise<{ readonly scene: Scene; readonly running: Running }> {
  const scene = await setScene({ pairs: makePairs(400) });
  const running = scene.start([...words, '--rate', rate]);
  await scene.server.arrived(40);
  return { scene, running };
}

/** Ends with 1 and one sentence that names the journal, with the rest of the list never sent. */
async function expectStopped(scene: Scene, running: Running): Promise<string> {
  const { exitCode, stderr } = await running.ended;
  expect(exitCode, stderr).toBe(1);
  expect(stderr).toContain('run/journal.ndjson');
  expect(stderr).not.toContain('this is a defect');
  expect(scene.server.requests.length).toBeLessThan(400);
  return stderr;
}

async function expectGoesOn(scene: Scene): Promise<void> {
  const { exitCode, stderr } = await scene.run(words);
  expect(exitCode, stderr).toBe(0);
  expect(scene.disagreements('run')).toEqual([]);
}

describe('a journal that', () => {
  it('cannot be written any more stops the run; with room again, the same command goes on', async () => {
    const { scene, running } = await startSlowly('200');
    const { size } = statSync(join(scene.cwd, 'run', 'journal.ndjson'));
    execFileSync('prlimit', [`--pid=${running.pid}`, `--fsize=${size + 500}`]);
    expect(await expectStopped(scene, running)).toContain('cannot be written');
    await expectGoesOn(scene);
  });

  // The next heartbeat sees it, ten seconds later at the most.
  if (process.env['OFFBOARD_TEST_SCALE'] !== undefined) {
    it('is taken out of its folder stops the run; put back, the same command goes on', async () => {
      const { scene, running } = await startSlowly('25');
      const journal = join(scene.cwd, 'run', 'journal.ndjson');
      renameSync(journal, join(scene.cwd, 'taken-away'));
      expect(await expectStopped(scene, running)).toContain('no longer in its folder');
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
