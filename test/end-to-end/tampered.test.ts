import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readReport } from '../support/read-report.ts';
import { clearScenes, makePairs, type Scene, setScene } from '../support/set-scene.ts';

afterAll(clearScenes);

const pairs = makePairs(60);
const run = ['run', 'pairs.csv', '--out', 'run'];
const fileIn = (scene: Scene, name: string) => join(scene.cwd, 'run', name);

describe.concurrent("the run folder's copy of the input", { timeout: 120_000 }, () => {
  it.each([
    { name: 'changed', change: (copy: string) => replaceIn(copy, '2,1001', '9,9999') },
    { name: 'emptied', change: (copy: string) => writeFileSync(copy, '') },
    { name: 'deleted', change: (copy: string) => rmSync(copy) },
    {
      name: 'cut within a quote',
      change: (copy: string) => writeFileSync(copy, 'workspace_id,user_id\n"1,2'),
    },
  ])(
    'that is $name under the run: 1, no report, and one of it later, once it is restored',
    async ({ change }) => {
      const scene = await setScene({ pairs });
      const copy = fileIn(scene, 'input.csv');
      const original = readFileSync(join(scene.cwd, 'pairs.csv'));
      scene.server.follow(({ index }) => {
        if (index === 30) change(copy);
        return undefined;
      });

      const { exitCode, stderr } = await scene.run(run);

      expect(exitCode, stderr).toBe(1);
      expect(stderr).not.toContain('this is a defect');
      expect(stderr).toContain('run/input.csv');
      expect(stderr).toContain('The journal is whole: offboard report run writes the report later.');
      expect(scene.server.requests).toHaveLength(60);
      expect(existsSync(fileIn(scene, 'report.json'))).toBe(false);
      writeFileSync(copy, original);
      expect((await scene.run(['report', 'run'])).exitCode).toBe(0);
      expect(scene.disagreements('run')).toEqual([]);
    },
  );
});

describe.concurrent('a journal that is lost after its run', { timeout: 120_000 }, () => {
  it.each([
    { name: 'deleted', change: (journal: string) => rmSync(journal) },
    { name: 'emptied', change: (journal: string) => writeFileSync(journal, '') },
    {
      name: 'cut within its first line',
      change: (journal: string) => writeFileSync(journal, '{"event":"run-c'),
    },
  ])('($name) is no reason to begin anew: 25, named or found', async ({ change }) => {
    const scene = await setScene({ pairs });
    const words = ['run', 'pairs.csv'];
    expect((await scene.run([...words, '--out', 'offboard-runs/run'])).exitCode).toBe(0);
    const folder = join(scene.cwd, 'offboard-runs', 'run');
    change(join(folder, 'journal.ndjson'));
    const report = readFileSync(join(folder, 'report.json'), 'utf8');
    for (const command of [words, [...words, '--out', 'offboard-runs/run']]) {
      const { exitCode, stderr } = await scene.run(command);
      expect(exitCode, stderr).toBe(25);
      expect(stderr).toContain('its journal is gone; nothing was sent.');
    }
    expect(scene.server.requests).toHaveLength(60);
    expect(readFileSync(join(folder, 'report.json'), 'utf8')).toBe(report);
  });
});

describe.concurrent('a pipe that nobody writes to, in place of a file of the run folder', {
  timeout: 120_000,
}, () => {
  it.each([
    { name: 'input.csv', codes: [25, 25] },
    { name: 'journal.ndjson', codes: [25, 2] },
    { name: 'lock.1', codes: [24, 24] },
  ])('holds up neither a run nor a report: $name', async ({ name, codes }) => {
    const scene = await setScene({ pairs });
    expect((await scene.run(run)).exitCode).toBe(0);
    rmSync(fileIn(scene, name), { force: true });
    execFileSync('mkfifo', [fileIn(scene, name)]);
    for (const [at, command] of [run, ['report', 'run']].entries()) {
      const { exitCode, stderr } = await scene.run(command, { limitMs: 15_000 });
      expect(exitCode, stderr).toBe(codes[at]);
      expect(stderr).not.toContain('this is a defect');
    }
    expect(scene.server.requests).toHaveLength(60);
  });
});

describe('a user who is protected when it is too late', () => {
  it.each([
    { name: 'after a stop', signal: 'SIGTERM' },
    { name: 'after a kill', signal: 'SIGKILL' },
  ] as const)('is perhaps removed, and the report says so: $name', async ({ signal }) => {
    const scene = await setScene({
      pairs,
      script: ({ index }) => (index < 20 ? undefined : { kind: 'hang', acts: true }),
    });
    const running = scene.start([...run, '--concurrency', '4', '--grace', '100ms']);
    await scene.server.arrived(24);
    running.kill(signal);
    await running.ended;
    scene.server.follow(() => undefined);
    writeFileSync(join(scene.cwd, 'keep.txt'), pairs.slice(20).map(userOf).join('\n'));

    const { exitCode, stdout, stderr } = await scene.run([...run, '--protect', 'keep.txt']);

    expect(exitCode, stderr).toBe(0);
    expect(scene.disagreements('run')).toEqual([]);
    const { json } = readReport(join(scene.cwd, 'run'));
    // What a kill came too soon for is asked again, and absent.
    expect(json.counts.removed + json.counts['not-found']).toBe(20);
    expect(json.counts.protected).toBe(40);
    expect(json.perhapsRemoved).toBeGreaterThanOrEqual(4);
    expect(stdout).toContain('perhaps removed');
  });
});

const userOf = (pair: string) => pair.split('/')[1] ?? '';

function replaceIn(path: string, from: string, to: string): void {
  const text = readFileSync(path, 'utf8');
  expect(text).toContain(from);
  writeFileSync(path, text.replace(from, to));
}
