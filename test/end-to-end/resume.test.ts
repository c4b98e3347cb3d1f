import { readFileSync, writeFileSync } from 'node:fs';
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
