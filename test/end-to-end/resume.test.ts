import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readReport } from '../support/read-report.ts';
import { clearScenes, makePairs, setScene } from '../support/set-scene.ts';

afterAll(clearScenes);

const pairs = makePairs(40, 12);
const run = ['run', 'pairs.csv', '--out', 'run'];

describe.concurrent('the same command again', { timeout: 30_000 }, () => {
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

describe.concurrent('offboard report', { timeout: 30_000 }, () => {
  it('makes the same files again from the folder alone, byte for byte', async () => {
    const scene = await setScene({ pairs, forbidden: [3], members: pairs.slice(5) });
    await scene.run(run);
    const names = ['removed.csv', 'not-found.csv', 'forbidden.csv', 'not-attempted.csv', 'report.json'];
    const read = (folder: string) => names.map((name) => readFileSync(join(scene.cwd, folder, name), 'utf8'));
    const before = read('run');
    for (const name of names) rmSync(join(scene.cwd, 'run', name));
    rmSync(join(scene.cwd, 'pairs.csv'));
    expect((await scene.run(['report', 'run'], { env: { PARADIGM_API_KEY: '' } })).exitCode).toBe(0);
    expect(read('run')).toEqual(before);
    expect((await scene.run(['report', 'run', '--out', 'elsewhere'])).exitCode).toBe(0);
    expect(read('elsewhere')).toEqual(before);
  });

  it('merges shards that together are the file, and says where one is missing', async () => {
    const scene = await setScene({ pairs, forbidden: [3], members: pairs.slice(5) });
    for (const shard of ['1', '2', '3', '4']) {
      const { exitCode } = await scene.run([
        'run',
        'pairs.csv',
        '--shard',
        `${shard}/4`,
        '--out',
        `s${shard}`,
      ]);
      expect([0, 20]).toContain(exitCode);
    }
    const asked = scene.server.requests.map(({ pair }) => pair);
    expect([...asked].sort()).toEqual([...pairs].sort());
    expect((await scene.run(['report', 's2', 's1', 's4', 's3', '--out', 'all'])).exitCode).toBe(0);
    const all = readReport(join(scene.cwd, 'all'));
    expect(all.json.input).toMatchObject({ records: 40, shard: null });
    expect(all.json.counts).toMatchObject({ forbidden: 4, 'not-found': 4 });
    expect(all.json.run.exitCode).toBe(20);
    expect(all.rows.map(({ line }) => line).sort((a, b) => a - b)).toEqual(
      pairs.map((_, index) => index + 2),
    );
    expect(scene.disagreements('all')).toEqual([]);
    await scene.run(['report', 's1', 's2', 's4', '--out', 'some']);
    expect(readReport(join(scene.cwd, 'some')).json.warnings[0]).toContain('shard 3/4 is missing');
  });

  it('does not merge what does not belong together', async () => {
    const scene = await setScene({ pairs });
    await scene.run(['run', 'pairs.csv', '--shard', '1/2', '--out', 'a']);
    await scene.run(['run', 'pairs.csv', '--shard', '1/2', '--out', 'b']);
    await scene.run(['run', 'pairs.csv', '--shard', '2/3', '--out', 'c']);
    await scene.run(['run', 'pairs.csv', '--shard', '2/2', '--out', 'd', '--scope', 'company']);
    for (const other of ['b', 'c', 'd']) {
      const { exitCode, stderr } = await scene.run(['report', 'a', other, '--out', 'all']);
      expect(exitCode, other).toBe(25);
      expect(stderr).toContain('do not belong together');
    }
  });

  it('prints the schema that its report fits', async () => {
    const scene = await setScene({ pairs });
    const { stdout, exitCode } = await scene.run(['report', '--schema']);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ $schema: 'https://json-schema.org/draft/2020-12/schema' });
  });
});

describe.concurrent('offboard plan', { timeout: 30_000 }, () => {
  it('says what a run would do, without a key, and sends nothing', async () => {
    const scene = await setScene({ pairs });
    const { stdout, exitCode } = await scene.run(['plan', 'pairs.csv', '--rate', '10'], {
      env: { PARADIGM_API_KEY: '' },
    });
    expect(exitCode).toBe(0);
    for (const fact of ['40', '12 workspaces', 'about 4 s', 'workspace_id', 'Nothing was sent'])
      expect(stdout).toContain(fact);
    expect(scene.server.requests).toEqual([]);
  });

  it('says it in JSON too, and leaves nothing behind', async () => {
    const scene = await setScene({ pairs });
    const { stdout } = await scene.run(['plan', 'pairs.csv', '--json'], { env: { PARADIGM_API_KEY: '' } });
    expect(JSON.parse(stdout)).toMatchObject({
      run: { dryRun: true },
      counts: { 'not-attempted': 40 },
      requests: { sent: 0 },
    });
  });

  it('writes a folder that a later run uses', async () => {
    const scene = await setScene({ pairs });
    expect((await scene.run(['plan', 'pairs.csv', '--out', 'run'])).exitCode).toBe(0);
    const planned = readReport(join(scene.cwd, 'run'));
    expect(planned.json.reasons['not-attempted']).toEqual({ 'dry-run': 40 });
    expect((await scene.run(run)).exitCode).toBe(0);
    expect(scene.disagreements('run')).toEqual([]);
  });

  it('ends with 20 where it skips what cannot be read, and lists all of it', async () => {
    const scene = await setScene({ pairs });
    writeFileSync(join(scene.cwd, 'bad.csv'), `workspace_id,user_id\n1,1\n${'x,1\n'.repeat(30)}`);
    expect((await scene.run(['plan', 'bad.csv', '--on-invalid', 'skip', '--out', 'check'])).exitCode).toBe(
      20,
    );
    expect(readReport(join(scene.cwd, 'check')).json.counts.invalid).toBe(30);
  });
});
