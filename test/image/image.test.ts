import { chmodSync, chownSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { shardOf } from '../../src/plan/shard.ts';
import { type RunReport, readReport } from '../support/read-report.ts';
import { clearScenes, makePairs, type Scene, type SceneOptions, setScene } from '../support/set-scene.ts';
import { type ContainerOptions, killContainers, startContainer } from './container.ts';

const folders: string[] = [];
afterAll(async () => {
  killContainers();
  await clearScenes();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A scene whose folder is the volume, as fsGroup makes it. */
async function setVolume(options: SceneOptions, group = 1000): Promise<Scene> {
  const scene = await setScene(options);
  chownSync(scene.cwd, 0, group);
  chmodSync(scene.cwd, 0o2770);
  return scene;
}

function start(scene: Scene, words: readonly string[], options: Omit<ContainerOptions, 'data'> = {}) {
  return startContainer(words, { ...options, data: scene.cwd, env: { ...scene.env, ...options.env } });
}

/** Starts it again, each time on another host, for as long as another one's lock is fresh: what a Job's retries come to. */
async function retry(scene: Scene, words: readonly string[], env: Record<string, string> = {}) {
  const codes: number[] = [];
  for (const giveUpAt = Date.now() + 120_000; Date.now() < giveUpAt; await sleep(5_000)) {
    const before = scene.server.requests.length;
    const { exitCode } = await start(scene, words, { hostname: `again-${codes.length}`, env }).ended;
    codes.push(exitCode);
    if (exitCode !== 24) break;
    expect(scene.server.requests.length).toBe(before);
  }
  return codes;
}

const slowly = () => ({ kind: 'usual', afterMs: 20 }) as const;

describe.concurrent('the image', () => {
  it('says its version, and holds nothing that a run does not need', async () => {
    const data = mkdtempSync(join(tmpdir(), 'offboard-image-'));
    folders.push(data);
    const { version, dependencies, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
    expect(await startContainer(['--version'], { data }).ended).toEqual({
      exitCode: 0,
      output: `${version}\n`,
    });
    const script = `console.log(JSON.stringify({
      names: fs.readdirSync('/app/node_modules'),
      sbom: JSON.parse(fs.readFileSync('/app/sbom.cdx.json')).components.map(({ name }) => name),
      uid: process.getuid(),
      node: process.version,
    }))`;
    const { output } = await startContainer(['-e', script], { data, entrypoint: 'node' }).ended;
    const { names, sbom, uid, node } = JSON.parse(output);
    expect(names).toEqual(expect.arrayContaining(Object.keys(dependencies)));
    for (const name of Object.keys(devDependencies)) expect(names).not.toContain(name);
    expect(sbom).toEqual(expect.arrayContaining(Object.keys(dependencies)));
    expect(sbom).not.toContain('vitest');
    expect(uid).toBe(1000);
    expect(node).toMatch(/^v24\./);
  });

  it.each([
    { name: 'its own user', user: undefined, group: 1000 },
    { name: 'a user that OpenShift made up', user: '1234567:0', group: 0 },
  ])('takes out 100,000 in 256 MiB as $name', async ({ user, group }) => {
    const scene = await setVolume({ pairs: makePairs(100_000) }, group);
    const words = ['run', 'pairs.csv', '--out', 'run', '--concurrency', '32'];
    const { exitCode, output } = await start(scene, words, {
      memory: '256m',
      ...(user === undefined ? {} : { user }),
    }).ended;
    expect(exitCode, output).toBe(0);
    expect(scene.disagreements('run')).toEqual([]);
  });

  it('stops in order when it is told to, as process number 1, and leaves a termination message', async () => {
    const scene = await setVolume({ pairs: makePairs(2_000), script: slowly });
    const terminationLog = join(scene.cwd, 'termination-log');
    writeFileSync(terminationLog, '');
    chmodSync(terminationLog, 0o666);
    const container = start(scene, ['run', 'pairs.csv', '--out', 'run'], { terminationLog });
    await scene.server.arrived(300);
    container.kill('SIGTERM');
    const { exitCode, output } = await container.ended;
    expect(exitCode, output).toBe(21);
    expect(scene.disagreements('run')).toEqual([]);
    const { json } = readReport(join(scene.cwd, 'run'));
    expect(json.run.reason).toBe('interrupted');
    expect(JSON.parse(readFileSync(terminationLog, 'utf8'))).toMatchObject({
      exitCode: 21,
      reason: 'interrupted',
      counts: json.counts,
      runFolder: 'run',
    });
  });

  it('goes on by itself on another host after it was killed, once its lock is stale, and never beside it', async () => {
    const scene = await setVolume({ pairs: makePairs(1_000), script: slowly });
    const words = ['run', 'pairs.csv', '--runs-folder', 'runs'];
    const killed = start(scene, words, { hostname: 'first' });
    await scene.server.arrived(300);
    killed.kill('SIGKILL');
    expect((await killed.ended).exitCode).toBe(137);
    const codes = await retry(scene, words);
    expect(codes.length).toBeGreaterThan(1);
    expect(codes.at(-1)).toBe(0);
    const [folder = '', ...others] = readdirSync(join(scene.cwd, 'runs'));
    expect(others).toEqual([]);
    expect(scene.disagreements(join('runs', folder))).toEqual([]);
    expect(readReport(join(scene.cwd, 'runs', folder)).json.run.sessions).toBe(2);
  });

  it('makes one report of four shards, of which one was killed, that says what one run says', async () => {
    const pairs = makePairs(1_000);
    const scene = await setVolume({ pairs, forbidden: [3], script: slowly });
    const single = await setVolume({ pairs, forbidden: [3] });
    const shards = [0, 1, 2, 3];
    const shard = (index: number) => ({
      words: ['run', 'pairs.csv', '--out', `shards/${index}`],
      env: { OFFBOARD_SHARDS: '4', JOB_COMPLETION_INDEX: String(index) },
    });
    // The one that is killed gets 20 answers and no more, so that it is in its middle whenever the others begin and end.
    let ofKilled = 0;
    const hangs = new Promise<void>((resolve) => {
      scene.server.follow(({ pair }) => {
        const [workspace = 0, user = 0] = pair.split('/').map(Number);
        if (shardOf({ workspace, user }, 4) !== 3) return slowly();
        ofKilled += 1;
        if (ofKilled <= 20) return slowly();
        resolve();
        return { kind: 'hang' };
      });
    });
    const containers = shards.map((index) => start(scene, shard(index).words, { env: shard(index).env }));
    await hangs;
    containers[2]?.kill('SIGKILL');
    scene.server.follow(slowly);
    const ended = await Promise.all(containers.map((container) => container.ended));
    expect(ended.map(({ exitCode }) => exitCode)).toEqual([20, 20, 137, 20]);
    const codes = await retry(scene, shard(2).words, shard(2).env);
    expect(codes.length).toBeGreaterThan(1);
    expect(codes.at(-1)).toBe(20);

    const merge = ['report', ...shards.map((index) => `shards/${index}`), '--out', 'merged'];
    expect((await start(scene, merge).ended).exitCode).toBe(0);
    expect(scene.disagreements('merged')).toEqual([]);
    expect((await start(single, ['run', 'pairs.csv', '--out', 'run']).ended).exitCode).toBe(20);
    expect(endings(readReport(join(scene.cwd, 'merged')))).toEqual(
      endings(readReport(join(single.cwd, 'run'))),
    );
  });
});

/** By line; what the kill left open, whether the removal was ours, is taken for ours. */
function endings({ rows }: RunReport): readonly string[] {
  return rows
    .map(({ line, outcome, reason }) => ({
      line,
      ended: reason === 'absent-after-lost-reply' ? 'removed' : outcome,
    }))
    .sort((a, b) => a.line - b.line)
    .map(({ line, ended }) => `${line} ${ended}`);
}
