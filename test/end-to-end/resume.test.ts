import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readReport } from '../support/read-report.ts';
import { startOffboard } from '../support/run-offboard.ts';
import { clearScenes, makePairs, setScene } from '../support/set-scene.ts';
import { truthKey } from '../support/truth-server.ts';

afterAll(clearScenes);

const pairs = makePairs(40, 12);
const run = ['run', 'pairs.csv', '--out', 'run'];

describe.concurrent('the same command again', { timeout: 120_000 }, () => {
  it.each([
    { name: 'a run that is done', forbidden: [], code: 0 },
    { name: 'a run that needs a person', forbidden: [3], code: 20 },
  ])('sends nothing after $name, ends as before, and leaves the same report', async ({ forbidden, code }) => {
    const scene = await setScene({ pairs, forbidden });
    expect((await scene.run(run)).exitCode).toBe(code);
    const before = readFileSync(join(scene.cwd, 'run', 'report.json'), 'utf8');
    const journal = readFileSync(join(scene.cwd, 'run', 'journal.ndjson'), 'utf8');
    const sent = scene.server.requests.length;
    // No key is refused that nothing needs; one that is missing still is a mistake.
    expect((await scene.run([...run, '--rate', '5'])).exitCode).toBe(code);
    expect(scene.server.requests.length).toBe(sent);
    expect(readFileSync(join(scene.cwd, 'run', 'report.json'), 'utf8')).toBe(before);
    expect(readFileSync(join(scene.cwd, 'run', 'journal.ndjson'), 'utf8')).toBe(journal);
  });

  it('tries what failed, and nothing else', async () => {
    const scene = await setScene({ pairs });
    scene.server.follow(({ pair }) =>
      pair === pairs[7] ? { kind: 'answer', status: 409, body: '{"error":"conflict"}' } : undefined,
    );
    expect((await scene.run(run)).exitCode).toBe(20);
    scene.server.follow(() => undefined);
    const sent = scene.server.requests.length;
    expect((await scene.run([...run, '--concurrency', '3'])).exitCode).toBe(0);
    expect(scene.server.requests.slice(sent).map(({ pair }) => pair)).toEqual([pairs[7]]);
    expect(readReport(join(scene.cwd, 'run')).rows.find(({ line }) => line === 9)?.attempts).toBe(2);
    expect(scene.disagreements('run')).toEqual([]);
  });

  it('tries what is forbidden only where it is asked to', async () => {
    const scene = await setScene({ pairs, forbidden: [3] });
    expect((await scene.run(run)).exitCode).toBe(20);
    const sent = scene.server.requests.length;
    const forbidden = pairs.filter((pair) => pair.startsWith('3/'));
    scene.server.follow(() => ({ kind: 'answer', status: 204 }));
    expect((await scene.run([...run, '--retry-forbidden'])).exitCode).toBe(0);
    expect(scene.server.requests.slice(sent).map(({ pair }) => pair)).toEqual(forbidden);
  });

  it.each([
    { name: 'a file', words: ['run', '--yes', '--', 'pairs.csv'] },
    { name: 'standard input', words: ['run', '-', '--yes'] },
  ])('is what Next says, where the environment says nothing but the key: $name', async ({ words }) => {
    const scene = await setScene({ pairs });
    writeFileSync(join(scene.cwd, 'board members.txt'), '1030\n');
    scene.server.follow(({ index }) => (index < 10 ? undefined : { kind: 'hang' }));
    const said = {
      OFFBOARD_PROTECT: 'board members.txt',
      OFFBOARD_RUNS_FOLDER: 'sweeps',
      OFFBOARD_GRACE: '0s',
    };
    const running = scene.start(words, { env: said, stdin: readFileSync(join(scene.cwd, 'pairs.csv')) });
    await scene.server.arrived(11);
    running.kill('SIGTERM');
    const { exitCode, stdout } = await running.ended;
    expect(exitCode).toBe(21);
    scene.server.follow(() => undefined);
    const next = /^Next +offboard (.*)$/m.exec(stdout)?.[1] ?? '';
    const bare = { cwd: scene.cwd, env: { PARADIGM_API_KEY: truthKey } };
    const wrapper = ['sh', '-c', `exec "$0" "$1" ${next}`];
    expect((await startOffboard([], { ...bare, wrapper }).ended).exitCode).toBe(0);
    const [folder = '', ...others] = readdirSync(join(scene.cwd, 'sweeps'));
    expect(others).toEqual([]);
    expect([...scene.server.members]).toEqual(['7/1030']);
    expect(readReport(join(scene.cwd, 'sweeps', folder)).json).toMatchObject({
      run: { sessions: 2 },
      counts: { protected: 1 },
    });
  });

  it('begins with what was never sent after all were forbidden, and tries those too', async () => {
    const many = makePairs(160, 12);
    const scene = await setScene({
      pairs: many,
      forbidden: Array.from({ length: 12 }, (_, index) => index + 1),
    });
    const stopped = await scene.run([...run, '--concurrency', '2']);
    expect(stopped.exitCode).toBe(23);
    const sent = scene.server.requests.length;
    expect(sent).toBeLessThanOrEqual(102);
    scene.server.follow(() => ({ kind: 'answer', status: 204 }));
    expect((await scene.run([...run, '--concurrency', '2'])).exitCode).toBe(0);
    const again = scene.server.requests.slice(sent).map(({ pair }) => pair);
    expect(again).toHaveLength(160);
    expect(again[0]).toBe(many[sent]);
  });

  it('says that another key was used, and that a torn line was cut off', async () => {
    const scene = await setScene({ pairs });
    scene.server.follow(({ pair }) => (pair === pairs[0] ? { kind: 'answer', status: 409 } : undefined));
    await scene.run(run);
    writeFileSync(join(scene.cwd, 'run', 'journal.ndjson'), '{"event":"settled","line":3,"outc', {
      flag: 'a',
    });
    scene.server.follow(() => undefined);
    scene.server.acceptKey('another-key');
    expect((await scene.run(run, { env: { PARADIGM_API_KEY: 'another-key' } })).exitCode).toBe(0);
    const { warnings, run: facts } = readReport(join(scene.cwd, 'run')).json;
    expect(warnings).toContainEqual(expect.stringContaining('used another API key'));
    expect(warnings).toContainEqual(expect.stringContaining('was torn'));
    expect(facts.sessions).toBe(2);
  });

  it('with --fresh begins anew', async () => {
    const scene = await setScene({ pairs });
    scene.server.follow(() => ({ kind: 'answer', status: 409 }));
    expect((await scene.run(['run', 'pairs.csv'])).exitCode).toBe(20);
    scene.server.follow(() => undefined);
    expect((await scene.run(['run', 'pairs.csv', '--fresh'])).exitCode).toBe(0);
    const { stderr, exitCode } = await scene.run(['run', 'pairs.csv']);
    expect(exitCode).toBe(0);
    expect(stderr).toContain('run.resumed');
  });
});

describe.concurrent('the journal of a run that was killed', { timeout: 120_000 }, () => {
  /** Killed in the middle, with some that wait for their second attempt; `change` is what becomes of the journal's lines. */
  async function killedRun(change: (lines: string[]) => string[]) {
    const scene = await setScene({
      pairs: makePairs(200),
      script: ({ index, nth }) =>
        nth === 1 && index % 9 === 0
          ? { kind: 'answer', status: 503, body: { error: 'service_maintenance' } }
          : { kind: 'usual', afterMs: 5 },
    });
    const running = scene.start([...run, '--rate', '200']);
    await scene.server.arrived(100);
    running.kill('SIGKILL');
    await running.ended;
    const path = join(scene.cwd, 'run', 'journal.ndjson');
    const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
    writeFileSync(path, `${change(lines).join('\n')}\n`);
    return { scene, path, sent: scene.server.requests.length };
  }

  it.each([
    { name: 'garbage', damage: () => '\u0000\u0000\u0000', says: 'is not JSON' },
    { name: 'half a line', damage: (line: string) => line.slice(0, line.length / 2), says: 'is not JSON' },
    { name: 'no such event', damage: () => '{"event":"erased"}', says: '' },
  ])(
    'with $name in its middle: 25, the line named, nothing sent, nothing changed',
    async ({ damage, says }) => {
      const { scene, path, sent } = await killedRun((lines) => lines.with(20, damage(lines[20] ?? '')));
      const journal = readFileSync(path, 'utf8');
      const { exitCode, stderr } = await scene.run(run);
      expect(exitCode).toBe(25);
      expect(stderr).toContain(`line 21 ${says}`);
      expect(scene.server.requests).toHaveLength(sent);
      expect(readFileSync(path, 'utf8')).toBe(journal);
    },
  );

  it('of version 1, which announced no retries, is gone on with', async () => {
    const { scene } = await killedRun((lines) =>
      lines
        .map((line) => line.replace('"schemaVersion":2', '"schemaVersion":1'))
        .filter((line) => !line.includes('"event":"retrying"')),
    );
    expect((await scene.run(run)).exitCode).toBe(0);
    expect(scene.disagreements('run')).toEqual([]);
  });

  it('of a version that is newer than this one is refused: 25', async () => {
    const { scene, sent } = await killedRun((lines) =>
      lines.map((line) => line.replace('"schemaVersion":2', '"schemaVersion":3')),
    );
    const { exitCode, stderr } = await scene.run(run);
    expect(exitCode).toBe(25);
    expect(stderr).toContain('line 1 ');
    expect(scene.server.requests).toHaveLength(sent);
  });

  it('is gone on with at another rate and concurrency, which the report then shows', async () => {
    const { scene } = await killedRun((lines) => lines);
    expect((await scene.run([...run, '--rate', '90', '--concurrency', '3'])).exitCode).toBe(0);
    expect(scene.disagreements('run')).toEqual([]);
    expect(readReport(join(scene.cwd, 'run')).json.settings).toMatchObject({ rate: 90, concurrency: 3 });
  });
});

describe('a merged report', () => {
  it('says which shards it lacks', async () => {
    const scene = await setScene({ pairs });
    await scene.run(['run', 'pairs.csv', '--shard', '1/3', '--out', 's1']);
    await scene.run(['run', 'pairs.csv', '--shard', '3/3', '--out', 's3']);
    expect((await scene.run(['report', 's1', 's3', '--out', 'some'])).exitCode).toBe(0);
    const { input, warnings } = readReport(join(scene.cwd, 'some')).json;
    expect(input.shard).toBe('1/3, 3/3');
    expect(warnings[0]).toContain('shard 2/3 is missing');
  });
});
