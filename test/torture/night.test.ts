import { readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readReport } from '../support/read-report.ts';
import { clearScenes, makePairs, type Scene, setScene } from '../support/set-scene.ts';
import { startWatcherServer, type WatcherServer } from '../support/watcher-server.ts';

const watchers: WatcherServer[] = [];

afterAll(async () => {
  await clearScenes();
  await Promise.all(watchers.map((watcher) => watcher.close()));
});

/** A pod of its own: its process is number 1 there, and its host has another name. */
function pod(name: string): readonly string[] {
  return [
    'unshare',
    ...(process.getuid?.() === 0 ? [] : ['--user', '--map-root-user']),
    ...['--uts', '--pid', '--fork', '--mount-proc', '--kill-child'],
    ...['sh', '-c', 'hostname "$0" && exec "$@"', name],
  ];
}

const pairs = makePairs(120, 6);
const slowly = () => ({ kind: 'usual', afterMs: 20 }) as const;

/** What everybody who watches knows once a pod has ended. */
function seen(scene: Scene) {
  const read = (name: string) => readFileSync(join(scene.cwd, name), 'utf8');
  const metrics = read('nightly.prom');
  const metric = (name: string) => {
    const value = metrics.match(new RegExp(`^${name}\\{[^}]*\\} ([0-9.]+)$`, 'm'))?.[1];
    return value === undefined ? undefined : Number(value);
  };
  const removed = metrics.match(/^offboard_last_run_records\{.*outcome="removed"\} (\d+)$/m)?.[1];
  return {
    message: JSON.parse(read('termination-log')),
    exitCode: metric('offboard_last_run_exit_code'),
    succeededAt: metric('offboard_last_success_timestamp_seconds'),
    removed: removed === undefined ? undefined : Number(removed),
  };
}

describe('three nights of a scheduled job', () => {
  it('are told the same by report, metrics, pings and termination messages', async () => {
    const scene = await setScene({ pairs, script: slowly });
    const watcher = await startWatcherServer();
    watchers.push(watcher);
    writeFileSync(
      join(scene.cwd, 'nightly.yaml'),
      [
        'input: pairs.csv',
        'runs-folder: runs',
        'concurrency: 4',
        'yes: true',
        'log-format: json',
        'metrics-file: nightly.prom',
        'termination-log: termination-log',
        `ping-url: ${watcher.url}/ping`,
        '',
      ].join('\n'),
    );
    const words = ['run', '--config', 'nightly.yaml'];
    const start = (name: string, env: Record<string, string> = {}) =>
      scene.start(words, { wrapper: pod(name), env });
    const runFolders = () => readdirSync(join(scene.cwd, 'runs')).sort();
    const pings = () => watcher.told.splice(0).map(({ path }) => path.replace('/ping', ''));

    // The first night goes well.
    expect((await start('night-1').ended).exitCode).toBe(0);
    const first = seen(scene);
    expect(first).toMatchObject({
      exitCode: 0,
      removed: 120,
      message: { exitCode: 0, counts: { removed: 120 } },
    });
    expect(first.succeededAt).toBeGreaterThan(1_700_000_000);
    expect(pings()).toEqual(['/start', '/0']);
    expect(scene.disagreements(`runs/${runFolders()[0]}`)).toEqual([]);

    // The second night has another list. Its pod is killed in the middle: nobody hears of its end.
    const more = makePairs(90, 3).map((pair) => pair.replace('/', ',9'));
    writeFileSync(join(scene.cwd, 'pairs.csv'), `workspace_id,user_id\n${more.join('\n')}\n`);
    const before = scene.server.requests.length;
    // Its last four removals are left without an answer: it cannot be done before it is killed.
    scene.server.follow(({ index }) => (index < before + 30 ? slowly() : { kind: 'hang', acts: true }));
    const killed = start('night-2-a');
    await scene.server.arrived(before + 34);
    // Its start is told by another process, which a busy machine may start later than it sends.
    await expect.poll(() => watcher.told.length, { timeout: 20_000 }).toBe(1);
    killed.kill('SIGKILL');
    await killed.ended;
    scene.server.follow(slowly);
    expect(pings()).toEqual(['/start']);
    expect(seen(scene)).toEqual(first);
    const folder = runFolders().at(-1) ?? '';
    expect(runFolders()).toHaveLength(2);

    // Its replacement on another host cannot know yet whether it lives, and says so; that is no alarm.
    expect((await start('night-2-b').ended).exitCode).toBe(24);
    expect(pings()).toEqual(['/start', '/log']);
    expect(seen(scene)).toMatchObject({
      exitCode: 24,
      succeededAt: first.succeededAt,
      message: { exitCode: 24 },
    });

    // A minute later the lock is nobody's, and the next one goes on in the same folder.
    const minuteAgo = Date.now() / 1_000 - 61;
    utimesSync(join(scene.cwd, 'runs', folder, 'lock.1'), minuteAgo, minuteAgo);
    expect((await start('night-2-c').ended).exitCode).toBe(0);
    expect(runFolders()).toHaveLength(2);
    const second = seen(scene);
    const { json } = readReport(join(scene.cwd, 'runs', folder));
    expect(json).toMatchObject({
      run: { sessions: 2, host: 'night-2-c', exitCode: 0 },
      input: { records: 90 },
    });
    expect(second.message).toMatchObject({ exitCode: 0, counts: json.counts, runFolder: `runs/${folder}` });
    expect(second.removed).toBe(json.counts.removed);
    expect(second.succeededAt).toBeGreaterThan(first.succeededAt ?? Number.POSITIVE_INFINITY);
    expect(pings()).toEqual(['/start', '/0']);

    // On the third night the key has been revoked.
    writeFileSync(join(scene.cwd, 'pairs.csv'), 'workspace_id,user_id\n1,77\n2,78\n');
    expect((await start('night-3', { PARADIGM_API_KEY: 'revoked' }).ended).exitCode).toBe(23);
    expect(seen(scene)).toMatchObject({
      exitCode: 23,
      removed: 0,
      succeededAt: second.succeededAt,
      message: { exitCode: 23, reason: 'unauthorized', counts: { 'not-attempted': 2 } },
    });
    expect(pings()).toEqual(['/start', '/23']);
    const last = readReport(join(scene.cwd, 'runs', runFolders().at(-1) ?? '')).json;
    expect(last).toMatchObject({
      run: { reason: 'unauthorized', exitCode: 23 },
      counts: { 'not-attempted': 2 },
    });
  });
});
