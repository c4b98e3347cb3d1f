import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { clearScenes, makePairs, type Scene, setScene } from '../support/set-scene.ts';
import { truthKey } from '../support/truth-server.ts';
import { startWatcherServer, type WatcherServer } from '../support/watcher-server.ts';

const servers: WatcherServer[] = [];

afterAll(async () => {
  await clearScenes();
  await Promise.all(servers.map((server) => server.close()));
});

async function watcher(status?: number | 'hang'): Promise<WatcherServer> {
  const server = await startWatcherServer(status);
  servers.push(server);
  return server;
}

const soon = { timeout: 20_000 };
const pairs = makePairs(12, 3);
const run = ['run', 'pairs.csv', '--out', 'run'];

function read(scene: Scene, name: string): string {
  return readFileSync(join(scene.cwd, name), 'utf8');
}

function childrenOf(pid: number): readonly number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return text.trim() === '' ? [] : text.trim().split(' ').map(Number);
}

function processFacts(pid: number) {
  try {
    const [, state, , group] = /\) (\S) (\d+) (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    const environment = readFileSync(`/proc/${pid}/environ`, 'utf8');
    // Nobody may have asked yet how a dead one ended.
    return { isAlive: state !== 'Z', group: Number(group), environment };
  } catch {
    return { isAlive: false };
  }
}

function metricIn(metrics: string, name: string): number | undefined {
  const line = metrics.split('\n').find((candidate) => candidate.startsWith(`${name} `));
  return line === undefined ? undefined : Number(line.split(' ')[1]);
}

describe.concurrent('whoever watches a run', { timeout: 120_000 }, () => {
  // Who tells gives up after ten seconds, so those that expect something told at the start have the machine to themselves.
  it.sequential('is pinged at its start and at its end, as one run', async () => {
    const scene = await setScene({ pairs });
    const ping = await watcher();
    const { exitCode } = await scene.run([...run, '--ping-url', `${ping.url}/secret-id/`]);
    expect(exitCode).toBe(0);
    expect(ping.told.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /secret-id/start',
      'POST /secret-id/0',
    ]);
    const rids = ping.told.map(({ query }) => query.get('rid'));
    expect(rids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(rids[1]).toBe(rids[0]);
    expect(ping.told[1]?.body).toContain('removed 12\n');
  });

  it.sequential.each([
    { name: 'a record nobody may remove', forbidden: [1], words: [], code: 20, path: '/20' },
    { name: 'too many removals', forbidden: [], words: ['--max-removals', '3'], code: 22, path: '/22' },
    { name: 'a wrong key', forbidden: [], words: [], key: 'wrong', code: 23, path: '/23' },
    {
      name: 'a time that is up',
      forbidden: [],
      words: ['--max-duration', '2s', '--rate', '1'],
      code: 21,
      path: '/log',
    },
  ])('is pinged with what became of it: $name', async ({ forbidden, words, key, code, path }) => {
    const scene = await setScene({ pairs, forbidden });
    const ping = await watcher();
    const env = key === undefined ? {} : { PARADIGM_API_KEY: key };
    const { exitCode } = await scene.run([...run, ...words, '--ping-url', ping.url], { env });
    expect(exitCode).toBe(code);
    expect(ping.told.map((told) => told.path)).toEqual(['/start', path]);
  });

  it.each([
    { name: 'hangs', status: 'hang' as const, says: 'did not answer in time' },
    { name: 'redirects', status: 302, says: 'it answered 302' },
    { name: 'fails', status: 500, says: 'it answered 500' },
    { name: 'refuses', status: undefined, says: 'ECONNREFUSED' },
  ])('changes nothing where it $name', async ({ status, says }) => {
    const scene = await setScene({ pairs });
    const server = await watcher(status);
    if (status === undefined) await server.close();
    const words = [
      '--ping-url',
      `${server.url}/secret-id`,
      '--pushgateway',
      server.url,
      '--metrics-file',
      'no/such/x.prom',
    ];
    const { exitCode, stderr } = await scene.run([...run, ...words, '--log-format', 'json'], {
      limitMs: 40_000,
    });
    expect(exitCode).toBe(0);
    expect(scene.disagreements('run')).toEqual([]);
    expect(stderr.match(/watcher\.failed/g)?.length).toBeGreaterThanOrEqual(3);
    expect(stderr).toContain(says);
    expect(stderr).not.toContain('secret-id');
    expect(server.told.map(({ path }) => path)).not.toContain('/elsewhere');
  });

  it('holds nothing up by a name lookup that never ends', async () => {
    const scene = await setScene({ pairs });
    // Of every process that it starts.
    const env = { NODE_OPTIONS: `--import=${new URL('../support/lookups-hang.mjs', import.meta.url).href}` };
    const words = ['--ping-url', 'http://watcher.test/secret-id', '--pushgateway', 'http://watcher.test'];
    const { exitCode, signal, stderr } = await scene.run([...run, ...words], { env, limitMs: 40_000 });
    expect({ exitCode, signal }).toEqual({ exitCode: 0, signal: null });
    expect(stderr.match(/watcher\.failed.*did not answer in time/g)).toHaveLength(3);
  });

  it('changes nothing where no process can be started', async () => {
    const scene = await setScene({ pairs });
    const preload = new URL('../support/no-descriptors.mjs', import.meta.url).href;
    const { exitCode, stderr } = await scene.run(
      [...run, '--ping-url', 'http://127.0.0.1:9', '--metrics-file', 'm.prom'],
      {
        env: { NODE_OPTIONS: `--import=${preload}` },
        wrapper: ['sh', '-c', 'ulimit -n 256 && exec "$0" "$@"'],
      },
    );
    expect(exitCode).toBe(0);
    expect(scene.disagreements('run')).toEqual([]);
    expect(stderr.match(/watcher\.failed.*EMFILE/g)).toHaveLength(3);
    expect(readdirSync(scene.cwd)).not.toContain('killed-nobody');
  });

  it.sequential('is told by a process that is gone before the run is', async () => {
    const scene = await setScene({ pairs, script: () => ({ kind: 'hang' }) });
    const server = await watcher();
    // In this run no long time is ever up, so that process cannot be gone because it was given up.
    const patience = join(scene.cwd, 'patience.mjs');
    writeFileSync(
      patience,
      'const after = setTimeout; globalThis.setTimeout = (f, ms, ...rest) => after(f, ms > 5_000 ? 2 ** 31 - 1 : ms, ...rest);\n',
    );
    const running = scene.start([...run, '--ping-url', server.url], {
      nodeArguments: ['--import', patience],
    });
    await scene.server.arrived(1);
    await expect.poll(() => server.told.length, soon).toBe(1);
    await expect.poll(() => childrenOf(running.pid), soon).toEqual([]);
    expect(processFacts(running.pid).isAlive).toBe(true);
    running.kill('SIGKILL');
    await running.ended;
  });

  it.sequential('is told by a process that knows no key, hears no Ctrl-C, and ends with the run, however that ends', async () => {
    const scene = await setScene({ pairs, script: () => ({ kind: 'hang' }) });
    const server = await watcher('hang');
    const running = scene.start([...run, '--concurrency', '1', '--ping-url', server.url]);
    await expect.poll(() => server.told.length, soon).toBe(1);
    const [child = 0, ...others] = childrenOf(running.pid);
    expect(others).toEqual([]);
    const { environment, group } = processFacts(child);
    expect(environment).toContain('PATH=');
    expect(environment).not.toContain(truthKey);
    expect(group).toBe(child);
    running.kill('SIGKILL');
    await running.ended;
    await expect.poll(() => processFacts(child).isAlive, soon).toBe(false);
  });

  it('is told how long a run was held', async () => {
    const throttled = { kind: 'answer', status: 429, headers: { 'retry-after': '1' } } as const;
    const scene = await setScene({ pairs, script: ({ index }) => (index === 0 ? throttled : undefined) });
    expect((await scene.run([...run, '--metrics-file', 'm.prom'])).exitCode).toBe(0);
    expect(metricIn(read(scene, 'm.prom'), 'offboard_last_run_held_seconds')).toBeGreaterThan(0);
  });

  it('is told nothing secret, and nothing of the input', async () => {
    const text = `workspace_id,user_id,name\n1,1000,"Ada =Lovelace"\n1,x,Grace\n2,1000,Ada\n`;
    const scene = await setScene({ pairs: [], csv: { text, rows: [] }, members: ['1/1000'], forbidden: [2] });
    const server = await watcher();
    const words = [
      '--on-invalid',
      'skip',
      '--ping-url',
      `${server.url}/secret-id`,
      '--pushgateway',
      `http://it:hush@${server.url.slice(7)}`,
    ];
    const paths = ['--metrics-file', 'm.prom', '--termination-log', 'end.json'];
    const { exitCode, stdout, stderr } = await scene.run([...run, ...words, ...paths]);
    expect(exitCode).toBe(20);
    expect(stdout).toContain('\nNext ');
    for (const secret of ['secret-id', 'hush', truthKey]) expect(`${stdout}${stderr}`).not.toContain(secret);
    const all = [
      ...server.told.map(({ body, path, query }) => `${path} ${query} ${body}`),
      read(scene, 'm.prom'),
      read(scene, 'end.json'),
    ].join('\n');
    for (const secret of [truthKey, 'Ada', 'Lovelace', 'Grace', 'hush', '1000'])
      expect(all).not.toContain(secret);
    for (const name of ['report.html', 'report.json', 'journal.ndjson'])
      for (const secret of ['secret-id', 'hush']) expect(read(scene, `run/${name}`)).not.toContain(secret);
    const push = server.told.find(({ path }) => path.startsWith('/metrics/'));
    expect(push?.headers.authorization).toBe(`Basic ${Buffer.from('it:hush').toString('base64')}`);
  });

  it('finds the last success in the metrics after a run that failed', async () => {
    const scene = await setScene({ pairs });
    const server = await watcher();
    mkdirSync(join(scene.cwd, 'textfile'));
    writeFileSync(join(scene.cwd, 'leavers.yaml'), 'input: pairs.csv\nmetrics-file: textfile/leavers.prom\n');
    const words = ['run', '--config', 'leavers.yaml', '--pushgateway', server.url];
    expect((await scene.run(words)).exitCode).toBe(0);
    const good = read(scene, 'textfile/leavers.prom');
    expect(good).toContain('offboard_last_run_records{job_file="leavers",outcome="removed"} 12\n');
    expect((await scene.run([...words, '--fresh'], { env: { PARADIGM_API_KEY: 'wrong' } })).exitCode).toBe(
      23,
    );
    const bad = read(scene, 'textfile/leavers.prom');
    const labelled = (name: string) => `${name}{job_file="leavers"}`;
    const success = metricIn(good, labelled('offboard_last_success_timestamp_seconds'));
    expect(success).toBeGreaterThan(1_700_000_000);
    expect(metricIn(bad, labelled('offboard_last_success_timestamp_seconds'))).toBe(success);
    expect(metricIn(bad, labelled('offboard_last_run_exit_code'))).toBe(23);
    expect(bad).toContain('offboard_last_run_stopped{job_file="leavers",reason="unauthorized"} 1\n');
    const [first, second] = server.told;
    expect(first?.path).toBe('/metrics/job/offboard/job_file@base64/bGVhdmVycw==');
    expect(first?.body).toContain('offboard_last_success_timestamp_seconds ');
    expect(second?.body).not.toContain('offboard_last_success_timestamp_seconds');
  });

  it('reads in one line of JSON how the container ended', async () => {
    const scene = await setScene({ pairs });
    await scene.run([...run, '--termination-log', 'end.json']);
    expect(read(scene, 'end.json').split('\n')).toHaveLength(2);
    expect(JSON.parse(read(scene, 'end.json'))).toMatchObject({
      exitCode: 0,
      reason: null,
      runFolder: 'run',
      counts: { removed: 12, failed: 0 },
    });
    await scene.run([...run, '--termination-log', 'end.json', '--max-removals', '1']);
    expect(JSON.parse(read(scene, 'end.json'))).toMatchObject({
      exitCode: 22,
      counts: null,
      runFolder: null,
    });
  });

  it('hears of it only after the operator has', async () => {
    const scene = await setScene({ pairs });
    const server = await watcher('hang');
    const running = scene.start([...run, '--max-removals', '1', '--ping-url', server.url]);
    await running.said('are more than --max-removals 1');
    expect(server.told.map(({ path }) => path)).not.toContain('/22');
    running.kill('SIGKILL');
    await running.ended;
  });

  it('holds nothing up by a pipe in the place of a file', async () => {
    const scene = await setScene({ pairs });
    for (const name of ['m.prom', 'end.json']) execFileSync('mkfifo', [join(scene.cwd, name)]);
    const words = ['--metrics-file', 'm.prom', '--termination-log', 'end.json'];
    expect((await scene.run([...run, ...words])).exitCode).toBe(0);
  });

  it('is told nothing of a dry run', async () => {
    const scene = await setScene({ pairs });
    const server = await watcher();
    const words = ['--ping-url', server.url, '--pushgateway', server.url, '--metrics-file', 'm.prom'];
    expect((await scene.run(['plan', 'pairs.csv', ...words])).exitCode).toBe(0);
    expect(server.told).toEqual([]);
    expect(() => read(scene, 'm.prom')).toThrow('ENOENT');
  });
});
