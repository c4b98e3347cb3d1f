import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { folderState } from '../support/folder-state.ts';
import { clearScenes, makePairs, type Scene, setScene } from '../support/set-scene.ts';

afterAll(clearScenes);

const pairs = makePairs(30, 5);
const run = ['run', 'pairs.csv', '--out', 'run'];
const sentence = /^offboard: .+/m;

/** Ends with this code and a sentence, and leaves the run folder exactly as it was; returns the sentence. */
async function refused(scene: Scene, words: readonly string[], code: number, options = {}): Promise<string> {
  const before = folderState(join(scene.cwd, 'run'));
  const sent = scene.server.requests.length;
  const { exitCode, stdout, stderr } = await scene.run(words, options);
  expect(exitCode, stderr).toBe(code);
  expect(stdout).toBe('');
  expect(folderState(join(scene.cwd, 'run'))).toEqual(before);
  expect(scene.server.requests.length).toBe(sent);
  expect(stderr).toMatch(sentence);
  return stderr;
}

describe.concurrent('the exit code is', { timeout: 120_000 }, () => {
  it('0 where every record is removed or absent', async () => {
    const scene = await setScene({ pairs, members: pairs.slice(3) });
    expect((await scene.run(run)).exitCode).toBe(0);
    expect(scene.disagreements('run')).toEqual([]);
  });

  it('1 where the run folder cannot be made, and the message names it', async () => {
    const scene = await setScene({ pairs });
    writeFileSync(join(scene.cwd, 'file'), '');
    const { exitCode, stderr } = await scene.run(['run', 'pairs.csv', '--out', 'file/run']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('file/run');
    expect(scene.server.requests).toEqual([]);
  });

  it('1 where the report cannot be written, though all is done: it can be written later', async () => {
    const scene = await setScene({ pairs });
    scene.server.follow(({ index }) => {
      if (index === 0) mkdirSync(join(scene.cwd, 'run', 'removed.csv', 'in-the-way'), { recursive: true });
      return undefined;
    });
    const { exitCode, stderr } = await scene.run(run);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('The journal is whole: offboard report run writes the report later.');
    rmSync(join(scene.cwd, 'run', 'removed.csv'), { recursive: true });
    expect((await scene.run(['report', 'run'])).exitCode).toBe(0);
    expect(scene.disagreements('run')).toEqual([]);
  });

  it('2 where the usage, the configuration or the input is wrong: nothing is sent, no folder is made', async () => {
    const scene = await setScene({ pairs });
    writeFileSync(join(scene.cwd, 'empty.csv'), '');
    writeFileSync(join(scene.cwd, 'bad.csv'), 'workspace_id,user_id\n1,1\n1,"1,200"\n');
    const wrong: readonly (readonly [readonly string[], string])[] = [
      [[...run, '--concurency', '4'], 'did you mean --concurrency'],
      [[...run, '--rate', 'fast'], '--rate'],
      [['run', 'none.csv', '--out', 'run'], 'none.csv'],
      [['run', 'empty.csv', '--out', 'run'], 'empty'],
      [['run', 'bad.csv', '--out', 'run'], 'line 3'],
      [[...run, '--user-column', 'person'], 'person'],
      [[...run, '--base-url', 'ftp://x'], 'base-url'],
      [[...run, '--api-key-file', 'none'], 'none'],
    ];
    for (const [words, says] of wrong) expect(await refused(scene, words, 2)).toContain(says);
    expect(await refused(scene, run, 2, { env: { PARADIGM_API_KEY: '' } })).toContain('PARADIGM_API_KEY');
    expect(folderState(join(scene.cwd, 'run'))).toEqual({});
  });

  it('20 where a record is forbidden', async () => {
    const scene = await setScene({ pairs, forbidden: [2] });
    const { exitCode, stdout } = await scene.run(run);
    expect(exitCode).toBe(20);
    expect(stdout).toContain('--retry-forbidden');
    expect(scene.disagreements('run')).toEqual([]);
  });

  it('21 where the run stops before its end, and the same command goes on', async () => {
    const scene = await setScene({ pairs });
    scene.server.follow(() => ({ kind: 'reset-before' }));
    const { exitCode, stdout } = await scene.run([...run, '--max-outage', '500ms']);
    expect(exitCode).toBe(21);
    expect(stdout).toMatch(/127\.0\.0\.1:\d+ was unreachable for \d+ s \(ECONNRESET\)\./);
    expect(scene.disagreements('run')).toEqual([]);
    scene.server.follow(() => undefined);
    expect((await scene.run(run)).exitCode).toBe(0);
    expect(scene.disagreements('run')).toEqual([]);
  });

  it('22 where there are more removals than allowed', async () => {
    const scene = await setScene({ pairs });
    const message = await refused(scene, [...run, '--max-removals', '29'], 22);
    expect(message).toContain('--max-removals 30');
  });

  it('23 where the key is refused, and what is left is not attempted', async () => {
    const scene = await setScene({ pairs });
    const { exitCode, stdout } = await scene.run(run, { env: { PARADIGM_API_KEY: 'wrong' } });
    expect(exitCode).toBe(23);
    expect(stdout).toContain('unauthorized');
    expect(scene.disagreements('run')).toEqual([]);
  });

  it('24 while another run holds the folder, and that one goes on undisturbed', async () => {
    const scene = await setScene({ pairs });
    scene.server.follow(() => ({ kind: 'hang' }));
    const first = scene.start([...run, '--grace', '100ms', '--concurrency', '2']);
    await scene.server.arrived(2);
    const second = await scene.run([...run, '--concurrency', '2']);
    expect(second.exitCode).toBe(24);
    expect(second.stderr).toContain(`held by process ${first.pid}`);
    expect((await scene.run(['report', 'run'])).exitCode).toBe(24);
    expect(scene.server.requests.length).toBe(2);
    first.kill('SIGTERM');
    expect((await first.ended).exitCode).toBe(21);
    scene.server.follow(() => undefined);
    expect((await scene.run(run)).exitCode).toBe(0);
    expect(scene.disagreements('run')).toEqual([]);
  });

  it('25 where the folder belongs to something else, both sides named', async () => {
    const scene = await setScene({ pairs });
    expect((await scene.run(run)).exitCode).toBe(0);
    writeFileSync(join(scene.cwd, 'other.csv'), 'workspace_id,user_id\n1,1\n');
    expect(await refused(scene, ['run', 'other.csv', '--out', 'run'], 25)).toMatch(/input .* there, .* here/);
    expect(await refused(scene, [...run, '--scope', 'company'], 25)).toContain(
      'scope instance there, company here',
    );
    expect(await refused(scene, [...run, '--base-url', 'http://127.0.0.1:9'], 25)).toContain(
      'http://127.0.0.1:9 here',
    );
    expect(await refused(scene, [...run, '--shard', '1/2'], 25)).toContain('shard none there, 1/2 here');
    writeFileSync(join(scene.cwd, 'run', 'input.csv'), 'workspace_id,user_id\n1,1\n');
    expect(await refused(scene, run, 25)).toContain('input.csv was changed');
  });

  it('25 where the journal cannot be trusted, with the number of the line', async () => {
    const scene = await setScene({ pairs });
    expect((await scene.run(run)).exitCode).toBe(0);
    writeFileSync(join(scene.cwd, 'run', 'journal.ndjson'), 'garbage\n{"event":"warning","text":"x"}\n', {
      flag: 'a',
    });
    expect(await refused(scene, run, 25)).toMatch(/line \d+ is not JSON/);
    expect(await refused(scene, ['report', 'run'], 25)).toMatch(/line \d+ is not JSON/);
  });

  it('2 where a folder that is asked for a report is no run folder', async () => {
    const scene = await setScene({ pairs });
    mkdirSync(join(scene.cwd, 'run'));
    expect(await refused(scene, ['report', 'run'], 2)).toContain('is no run folder');
  });
});
