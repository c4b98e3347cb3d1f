import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, describe, expect, it } from 'vitest';
import { filesBelow } from '../support/folder-state.ts';
import { builtCommand, type Ended } from '../support/run-offboard.ts';
import { clearScenes, makePairs, type Scene, setScene } from '../support/set-scene.ts';
import type { Script } from '../support/truth-server.ts';

afterAll(clearScenes);

const words = ['run', 'pairs.csv', '--out', 'run', '--concurrency', '4'];

type End = Pick<Ended, 'exitCode' | 'stderr'>;

/** Starts the command where no file may become larger than this, as where a disk is full. */
function startOnFullDisk({ cwd, env }: Scene, kibibytes: number) {
  const shell = `ulimit -f ${kibibytes}; exec "$0" "$@"`;
  const command = ['-c', shell, process.execPath, builtCommand, ...words, '--rate', '400'];
  const options = { cwd, env: { PATH: process.env['PATH'] ?? '', ...env }, timeout: 100_000 };
  return spawn('bash', command, { ...options, stdio: ['ignore', 'ignore', 'pipe'] });
}

async function runOnFullDisk(scene: Scene, kibibytes: number): Promise<End> {
  const running = startOnFullDisk(scene, kibibytes);
  const [stderr, [exitCode]] = await Promise.all([text(running.stderr), once(running, 'close')]);
  return { exitCode, stderr };
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

  it('cannot be written any more keeps nobody from ending the run at once by a second signal', async () => {
    const script: Script = ({ index }) => (index === 3 ? { kind: 'hang' } : undefined);
    const scene = await setScene({ pairs: makePairs(400), script });
    const running = startOnFullDisk(scene, 16);
    const ended = once(running, 'close');
    let said = '';
    const isSaid = new Promise<void>((resolve) => {
      running.stderr.setEncoding('utf8').on('data', (chunk: string) => {
        said += chunk;
        if (said.includes('cannot be written')) resolve();
      });
    });
    await Promise.race([isSaid, ended]);
    expect(said).toContain('cannot be written');
    // One after the other: two of a kind that wait are one.
    running.kill('SIGTERM');
    running.kill('SIGINT');
    expect((await ended)[0]).oneOf([130, 143]);
    expect(said).not.toContain('this is a defect');
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
