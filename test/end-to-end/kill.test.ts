import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { startRawServer } from '../support/raw-server.ts';
import { onlyRunFolder, readReport } from '../support/read-report.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { clearScenes, makePairs, type Scene, setScene } from '../support/set-scene.ts';

afterAll(clearScenes);

const concurrency = 8;
const ratePerSecond = 400;
const pace = ['--concurrency', String(concurrency), '--rate', String(ratePerSecond)];

describe.concurrent('kill -9', () => {
  it.each([
    { name: 'the folder named by --out', where: ['--out', 'runs/run'], seed: 1 },
    { name: 'the folder found under --runs-folder', where: ['--runs-folder', 'runs'], seed: 2 },
  ])('at ten moments: the same command goes on in $name', { timeout: 120_000 }, async ({ where, seed }) => {
    const random = seededRandom(seed);
    const pairs = makePairs(900);
    const members = pairs.filter((_, index) => index % 3 !== 0);
    const usual = { kind: 'usual', afterMs: 5 } as const;
    const scene = await setScene({ pairs, members, script: () => usual });
    const words = ['run', 'pairs.csv', ...where, ...pace];

    const repeated: string[] = [];
    for (let kills = 0; kills < 10; kills += 1) {
      const recorded =
        kills === 0 ? new Set<string>() : settledPairs(onlyRunFolder(join(scene.cwd, 'runs')), pairs);
      const before = scene.server.requests.length;
      const running = scene.start(words);
      // The first one makes the folder that all others find; some come before a request, some in the middle of many.
      if (kills === 0 || random() < 0.7) await scene.server.arrived(before + 1 + Math.floor(random() * 80));
      await sleep(random() * 200);
      running.kill('SIGKILL');
      expect((await running.ended).signal).toBe('SIGKILL');
      const sent = scene.server.requests.slice(before).map(({ pair }) => pair);
      repeated.push(...sent.filter((pair) => recorded.has(pair)));
    }
    const { exitCode, stderr } = await scene.run(words);

    expect(exitCode, stderr).toBe(0);
    expect(repeated).toEqual([]);
    const folder = onlyRunFolder(join(scene.cwd, 'runs'));
    expect(scene.disagreements(folder.slice(scene.cwd.length))).toEqual([]);
    expect(neverSentBefore(scene, folder)).toBeLessThanOrEqual(
      10 * 2 * Math.max(concurrency, ratePerSecond / 20),
    );
    if (where[0] === '--runs-folder')
      expect(stderr.split('\n')[0]).toContain(folder.slice(scene.cwd.length + 1));
  });
});

describe('a first signal', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    '%s: writes a whole report, and the same command goes on',
    async (signal) => {
      const pairs = makePairs(300);
      const scene = await setScene({ pairs, script: () => ({ kind: 'usual', afterMs: 20 }) });
      const words = ['run', 'pairs.csv', '--out', 'run', ...pace];
      const running = scene.start(words);
      await scene.server.arrived(60);
      running.kill(signal);

      const { exitCode, stdout } = await running.ended;

      expect(exitCode).toBe(21);
      expect(stdout).toContain(`Stopped by ${signal}.`);
      expect(scene.disagreements('run')).toEqual([]);
      const { json } = readReport(join(scene.cwd, 'run'));
      expect(json.run).toMatchObject({ status: 'stopped', reason: 'interrupted', exitCode: 21 });
      expect(json.reasons['not-attempted']).toEqual({ interrupted: json.counts['not-attempted'] });
      expect(json.requests.sent).toBe(scene.server.requests.length);
      // What was in flight got its answer within the grace.
      expect(json.perhapsRemoved).toBe(0);

      expect((await scene.run(words)).exitCode).toBe(0);
      expect(scene.disagreements('run')).toEqual([]);
      expect(scene.server.requests).toHaveLength(300);
    },
  );

  it('that finds only the last requests in flight, which are answered within the grace: the run is done', async () => {
    const pairs = makePairs(concurrency);
    const scene = await setScene({ pairs, script: () => ({ kind: 'usual', afterMs: 1_500 }) });
    const words = ['run', 'pairs.csv', '--out', 'run', ...pace];
    const running = scene.start(words);
    await scene.server.arrived(concurrency);
    running.kill('SIGTERM');

    const { exitCode, stderr } = await running.ended;

    expect(exitCode, stderr).toBe(0);
    expect(scene.disagreements('run')).toEqual([]);
    const { json } = readReport(join(scene.cwd, 'run'));
    expect(json.run).toMatchObject({ status: 'completed', reason: null, exitCode: 0 });
    expect((await scene.run(words)).exitCode).toBe(0);
    expect(scene.server.requests).toHaveLength(concurrency);
  });

  it('cuts what is in flight when the grace is over, and calls it perhaps removed', async () => {
    const pairs = makePairs(40);
    const scene = await setScene({
      pairs,
      script: ({ index }) => (index < 20 ? undefined : { kind: 'hang', acts: true }),
    });
    const running = scene.start(['run', 'pairs.csv', '--out', 'run', '--grace', '300ms', ...pace]);
    await scene.server.arrived(20 + concurrency);
    running.kill('SIGTERM');

    expect((await running.ended).exitCode).toBe(21);
    expect(scene.disagreements('run')).toEqual([]);
    expect(readReport(join(scene.cwd, 'run')).json.perhapsRemoved).toBe(concurrency);
  });
});

describe('a first signal while nobody answers a handshake', () => {
  it('ends the process when the report is written, not when the connections time out', async () => {
    const scene = await setScene({ pairs: makePairs(40) });
    const silent = await startRawServer();
    try {
      const patience = ['--grace', '100ms', '--timeout', '1h', '--max-outage', '1h'];
      const running = scene.start(['run', 'pairs.csv', '--out', 'run', ...patience, ...pace], {
        env: { OFFBOARD_BASE_URL: `https://127.0.0.1:${silent.port}` },
      });
      await silent.connected(concurrency);
      running.kill('SIGTERM');

      expect(await running.ended).toMatchObject({ exitCode: 21, signal: null });
      expect(readReport(join(scene.cwd, 'run')).json.counts['not-attempted']).toBe(40);
    } finally {
      await silent.close();
    }
  });
});

describe('a second signal', () => {
  it.each([
    { first: 'SIGTERM', second: 'SIGTERM', code: 143 },
    { first: 'SIGINT', second: 'SIGINT', code: 130 },
    { first: 'SIGINT', second: 'SIGTERM', code: 143 },
  ] as const)('$first, then $second: ends at once with $code, and the journal is whole', async (row) => {
    const pairs = makePairs(120);
    const scene = await setScene({
      pairs,
      script: ({ index }) => (index < 50 ? undefined : { kind: 'hang', acts: true }),
    });
    const words = ['run', 'pairs.csv', '--out', 'run', ...pace];
    // Neither the grace nor the timeout would ever end it.
    const running = scene.start([...words, '--grace', '1h', '--timeout', '1h', '--max-outage', '1h']);
    await scene.server.arrived(50 + concurrency);
    running.kill(row.first);
    await running.said('run.stopping');
    running.kill(row.second);

    const { exitCode, signal } = await running.ended;

    expect([exitCode, signal]).toEqual([row.code, null]);
    const journal = readFileSync(join(scene.cwd, 'run', 'journal.ndjson'), 'utf8');
    expect(journal.endsWith('\n')).toBe(true);
    const settled = settledPairs(join(scene.cwd, 'run'), pairs);
    expect(settled.size).toBe(50);

    scene.server.follow(() => undefined);
    expect((await scene.run(words)).exitCode).toBe(0);
    expect(scene.disagreements('run')).toEqual([]);
    const again = scene.server.requests.slice(50 + concurrency).map(({ pair }) => pair);
    expect(again.filter((pair) => settled.has(pair))).toEqual([]);
  });
});

/** The pairs that the journal of `folder` has settled; what a kill left torn at its end is no line. */
function settledPairs(folder: string, pairs: readonly string[]): ReadonlySet<string> {
  const lines = readFileSync(join(folder, 'journal.ndjson'), 'utf8').split('\n').slice(0, -1);
  const events = lines.map((line) => JSON.parse(line) as { readonly event: string; readonly line?: number });
  return new Set(
    events
      .filter(({ event }) => event === 'settled')
      .map(({ line = 0 }) => pairs[line - 2] ?? `line ${line}`),
  );
}

/** How many were called absent after a lost reply although only one request was ever sent for them. */
function neverSentBefore({ server }: Scene, folder: string): number {
  const times = new Map<string, number>();
  for (const { pair } of server.requests) times.set(pair, (times.get(pair) ?? 0) + 1);
  return readReport(folder).rows.filter(
    ({ reason, cells }) =>
      reason === 'absent-after-lost-reply' && times.get(`${cells['workspace_id']}/${cells['user_id']}`) === 1,
  ).length;
}
