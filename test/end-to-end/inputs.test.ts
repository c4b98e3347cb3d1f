import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { onlyRunFolder, readReport } from '../support/read-report.ts';
import { runOffboard } from '../support/run-offboard.ts';
import { clearScenes, makePairs, type Scene, setScene } from '../support/set-scene.ts';
import { truthKey } from '../support/truth-server.ts';

afterAll(clearScenes);

/** Nothing was sent, and beside what the test wrote the folder is empty. */
function expectUntouched({ cwd, server }: Scene, files = ['pairs.csv']): void {
  expect(server.requests).toEqual([]);
  expect(readdirSync(cwd).sort()).toEqual([...files].sort());
}

describe('standard input', () => {
  it('is read to its end, kept in the run folder, and known again', async () => {
    const scene = await setScene({ pairs: makePairs(50) });
    const stdin = readFileSync(join(scene.cwd, 'pairs.csv'));

    expect((await scene.run(['run', '-'], { stdin })).exitCode).toBe(0);

    const folder = onlyRunFolder(join(scene.cwd, 'offboard-runs'));
    expect(scene.disagreements(folder.slice(scene.cwd.length))).toEqual([]);
    expect(readReport(folder).json.input.path).toBe('-');
    expect(readFileSync(join(folder, 'input.csv'))).toEqual(stdin);

    expect((await scene.run(['run', '-', '--out', folder], { stdin })).exitCode).toBe(0);
    expect(scene.server.requests).toHaveLength(50);
    const other = await scene.run(['run', '-', '--out', folder], { stdin: `${stdin}1,1\n` });
    expect([other.exitCode, scene.server.requests.length]).toEqual([25, 50]);
  });

  it('that is empty or no text: nothing is sent, and nothing is left behind', async () => {
    const scene = await setScene({ pairs: makePairs(5) });
    for (const stdin of ['', '\n\n', 'workspace_id,user_id\n', new Uint8Array([0x89, 0x50, 0xff, 0xfe])]) {
      const { exitCode, stdout, stderr } = await scene.run(['run', '-'], { stdin });
      expect([exitCode, stdout]).toEqual([2, '']);
      expect(stderr).toContain('standard input');
    }
    expectUntouched(scene);
  });
});

describe('standard output', () => {
  it('holds report.json and nothing else with --json', async () => {
    const scene = await setScene({ pairs: makePairs(30) });

    const { exitCode, stdout } = await scene.run(['run', 'pairs.csv', '--out', 'run', '--json']);

    expect(exitCode).toBe(0);
    expect(stdout).toBe(readFileSync(join(scene.cwd, 'run', 'report.json'), 'utf8'));
  });

  it('holds the summary and nothing else, however much there is to log', async () => {
    const scene = await setScene({
      pairs: makePairs(30),
      script: ({ index }) => {
        if (index === 0) return { kind: 'answer', status: 502 };
        return index === 9 ? { kind: 'answer', status: 429, headers: { 'retry-after': '1' } } : undefined;
      },
    });

    const { exitCode, stdout, stderr } = await scene.run(['run', 'pairs.csv', '--log-level', 'debug']);

    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^30 removed, nothing needs a person\n[^{}]*\nExit {4}0: [^{}]*$/);
    const logged = stderr.trimEnd().split('\n');
    const events = logged.map((line) => JSON.parse(line).event);
    expect(events).toEqual(expect.arrayContaining(['instance.failed', 'pacer.held']));
    for (const event of events) expect(event).toEqual(expect.any(String));
  });

  it('stays empty where nothing may be sent', async () => {
    const scene = await setScene({ pairs: makePairs(30) });
    expect(await scene.run(['run', 'nowhere.csv', '--json'])).toMatchObject({ exitCode: 2, stdout: '' });
  });
});

describe('--max-removals', () => {
  const rows = ['1,1', '1,2', '1,3', '1,3', '2,9', 'x,4'].map((row) => `${row}\n`).join('');
  // Neither the duplicate, nor the protected one, nor the one that cannot be read is a removal.
  const flags = ['--protect', 'keep.txt', '--on-invalid', 'skip'];

  async function setLimitScene(): Promise<Scene> {
    const scene = await setScene({
      pairs: ['1/1', '1/2', '1/3', '2/9'],
      csv: { text: `workspace_id,user_id\n${rows}`, rows: [] },
    });
    writeFileSync(join(scene.cwd, 'keep.txt'), '9\n');
    return scene;
  }

  it('stops a run of one more before anything is sent', async () => {
    const scene = await setLimitScene();
    const { exitCode, stderr } = await scene.run(['run', 'pairs.csv', ...flags, '--max-removals', '2']);
    expect(exitCode).toBe(22);
    expect(stderr).toContain('3 removals are more than --max-removals 2; nothing was sent.');
    expectUntouched(scene, ['pairs.csv', 'keep.txt']);
  });

  it('lets a run of as many through', async () => {
    const scene = await setLimitScene();
    const { exitCode } = await scene.run(['run', 'pairs.csv', ...flags, '--max-removals', '3']);
    expect([exitCode, scene.server.requests.length]).toEqual([20, 3]);
  });

  it('counts what an earlier session has settled, too', async () => {
    const scene = await setLimitScene();
    const words = ['run', 'pairs.csv', '--out', 'run', ...flags, '--max-removals'];
    await scene.run([...words, '3']);
    expect([(await scene.run([...words, '2'])).exitCode, scene.server.requests.length]).toEqual([22, 3]);
  });

  it('is 500 unless somebody says otherwise', async () => {
    const scene = await setScene({ pairs: makePairs(501) });
    const { exitCode } = await scene.run(['run', 'pairs.csv'], { env: { OFFBOARD_MAX_REMOVALS: '' } });
    expect(exitCode).toBe(22);
    expectUntouched(scene);
  });
});

describe('--protect', () => {
  it('keeps everybody on the list, and reads the list anew at each start', async () => {
    const scene = await setScene({ pairs: makePairs(20) });
    const words = ['run', 'pairs.csv', '--out', 'run', '--protect', 'keep.txt'];
    writeFileSync(join(scene.cwd, 'keep.txt'), '\uFEFF# the board\r\n1003 # Ada\r\n\r\n  01004\r\n77777\r\n');

    expect((await scene.run(words)).exitCode).toBe(0);
    expect(scene.disagreements('run')).toEqual([]);
    const { rows } = readReport(join(scene.cwd, 'run'));
    expect(rows.filter(({ file }) => file === 'protected').map(({ line }) => line)).toEqual([5, 6]);
    expect(scene.server.members).toEqual(new Set(['4/1003', '5/1004']));

    writeFileSync(join(scene.cwd, 'keep.txt'), '1004\n');
    expect((await scene.run(words)).exitCode).toBe(0);
    expect(scene.disagreements('run')).toEqual([]);
    expect(scene.server.members).toEqual(new Set(['5/1004']));
  });

  it.each([
    { name: 'is missing', list: undefined, says: 'keep.txt' },
    { name: 'has a line that is no id', list: '1003\nAda\n', says: 'line 2' },
    { name: 'names nobody', list: '# nobody\n\n', says: 'keep.txt' },
    { name: 'is empty', list: '', says: 'keep.txt' },
  ])('sends nothing where the list $name', async ({ list, says }) => {
    const scene = await setScene({ pairs: makePairs(20) });
    if (list !== undefined) writeFileSync(join(scene.cwd, 'keep.txt'), list);
    const { exitCode, stderr } = await scene.run(['run', 'pairs.csv', '--protect', 'keep.txt']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(says);
    expectUntouched(scene, list === undefined ? ['pairs.csv'] : ['pairs.csv', 'keep.txt']);
  });
});

describe('--on-invalid', () => {
  const bad = Array.from({ length: 25 }, (_, index) => `x${index},1\n`).join('');
  const csv = { text: `workspace_id,user_id\n1,1\n${bad}2,2\n`, rows: [] };

  it('stop: sends nothing, lists the first 20 problems, and says how to list all', async () => {
    const scene = await setScene({ pairs: ['1/1', '2/2'], csv });
    const { exitCode, stderr } = await scene.run(['run', 'pairs.csv']);
    expect(exitCode).toBe(2);
    expect(stderr.match(/^ {2}line \d+: not-an-id:workspace_id: x\d+$/gm)).toHaveLength(20);
    expect(stderr).toContain('and 5 more');
    expect(stderr).toContain('offboard plan pairs.csv --on-invalid skip --out DIR');
    expectUntouched(scene);
  });

  it('skip: reports them and removes the others', async () => {
    const scene = await setScene({ pairs: ['1/1', '2/2'], csv });
    const { exitCode } = await scene.run(['run', 'pairs.csv', '--out', 'run', '--on-invalid', 'skip']);
    expect(exitCode).toBe(20);
    expect(scene.server.members.size).toBe(0);
    const { json, rows } = readReport(join(scene.cwd, 'run'));
    expect(json.counts).toMatchObject({ removed: 2, invalid: 25 });
    expect(rows.find(({ line }) => line === 3)).toMatchObject({
      reason: 'not-an-id:workspace_id',
      detail: 'x0',
    });
  });
});

describe('a job file', () => {
  const jobFile = `input: leavers.csv
out: run
api-key-file: key
scope: company
rate: off
concurrency: 2
max-attempts: 3
timeout: 7s
`;

  it('is beaten by the environment, which is beaten by flags; its paths are relative to its own folder', async () => {
    const scene = await setScene({
      pairs: makePairs(60),
      scope: 'company',
      script: () => ({ kind: 'usual', afterMs: 15 }),
    });
    const folder = join(scene.cwd, 'jobs');
    mkdirSync(folder);
    writeFileSync(join(folder, 'leavers.csv'), readFileSync(join(scene.cwd, 'pairs.csv')));
    writeFileSync(join(folder, 'key'), `${truthKey}\n`);
    writeFileSync(join(folder, 'offboard.yaml'), `${jobFile}base-url: ${scene.server.url}\n`);

    const { exitCode, stderr } = await runOffboard(
      ['run', '--config', join('jobs', 'offboard.yaml'), '--max-attempts', '6'],
      {
        cwd: scene.cwd,
        env: {
          OFFBOARD_CONCURRENCY: '3',
          OFFBOARD_MAX_ATTEMPTS: '4',
          PARADIGM_BASE_URL: 'http://127.0.0.1:9',
        },
      },
    );

    expect(exitCode, stderr).toBe(0);
    expect(scene.disagreements('jobs/run')).toEqual([]);
    const { json } = readReport(join(folder, 'run'));
    expect(json.target).toMatchObject({ baseUrl: scene.server.url, scope: 'company' });
    expect(json.settings).toMatchObject({
      rate: 'off',
      concurrency: 3,
      maxAttempts: 6,
      timeout: '7s',
      apiKeyFrom: 'file',
    });
    expect(scene.server.mostInFlight).toBe(3);
    expect(existsSync(join(scene.cwd, 'offboard-runs'))).toBe(false);
  });

  it.each([
    { name: 'a key', file: 'concurency: 3', env: {}, words: [], says: 'concurency' },
    {
      name: 'a variable',
      file: '',
      env: { OFFBOARD_CONCURENCY: '3' },
      words: [],
      says: 'OFFBOARD_CONCURENCY',
    },
    { name: 'a flag', file: '', env: {}, words: ['--concurency', '3'], says: '--concurency' },
  ])('$name that nobody knows: nothing is sent, and it is named', async ({ file, env, words, says }) => {
    const scene = await setScene({ pairs: makePairs(5) });
    writeFileSync(join(scene.cwd, 'job.yaml'), `${file}\n`);
    const all = ['run', 'pairs.csv', '--config', 'job.yaml', ...words];
    const { exitCode, stdout, stderr } = await scene.run(all, { env });
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toContain(says);
    expectUntouched(scene, ['pairs.csv', 'job.yaml']);
  });
});
