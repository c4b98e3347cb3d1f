import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { readReport } from '../support/read-report.ts';
import { clearScenes, makePairs, type Scene, setScene } from '../support/set-scene.ts';

const mounted: string[] = [];
afterEach(() => {
  for (const path of mounted.splice(0)) mount(['umount', '--lazy', path]);
});
afterAll(clearScenes);

const pairs = makePairs(1_000);
const words = ['run', 'pairs.csv', '--out', 'disk/run', '--rate', '400'];

function mount(command: readonly [string, ...string[]]): void {
  const { status, stderr } = spawnSync(command[0], command.slice(1), { encoding: 'utf8' });
  expect(status, `${command.join(' ')}: ${stderr}`).toBe(0);
}

/** A scene with a file system of its own at `disk`, this large. Takes a root, be it that of a user namespace. */
async function setOnDisk(kibibytes: number): Promise<Scene> {
  const scene = await setScene({ pairs });
  const disk = join(scene.cwd, 'disk');
  mkdirSync(disk);
  mount(['mount', '-t', 'tmpfs', '-o', `size=${kibibytes}k`, 'tmpfs', disk]);
  mounted.push(disk);
  return scene;
}

function remount(scene: Scene, how: 'ro' | 'rw'): void {
  mount(['mount', '-o', `remount,${how}`, join(scene.cwd, 'disk')]);
}

/** Fills the disk up to so many kibibytes. */
function fill({ cwd }: Scene, leaving: number): void {
  const { bavail, bsize } = statfsSync(join(cwd, 'disk'));
  writeFileSync(join(cwd, 'disk', 'ballast'), Buffer.alloc(bavail * bsize - leaving * 1024));
}

function makeRoom({ cwd }: Scene): void {
  rmSync(join(cwd, 'disk', 'ballast'));
}

/** It ended with 1, and one sentence says which file and why. */
async function expectFails(scene: Scene, says: readonly (string | RegExp)[]): Promise<string> {
  const { exitCode, stderr } = await scene.run(words, { limitMs: 40_000 });
  expect(exitCode, stderr).toBe(1);
  expect(stderr).not.toContain('this is a defect');
  for (const text of says) expect(stderr).toMatch(text);
  return stderr;
}

async function expectGoesOn(scene: Scene): Promise<void> {
  const { exitCode, stderr } = await scene.run(words);
  expect(exitCode, stderr).toBe(0);
  expect(scene.disagreements('disk/run')).toEqual([]);
  expect(readdirSync(join(scene.cwd, 'disk', 'run'))).toHaveLength(12);
}

describe('a disk that is full', () => {
  it.each([0, 8])(
    'from the beginning but for %i KiB: nothing is sent, nothing is left behind',
    async (kibibytes) => {
      const scene = await setOnDisk(1_024);
      fill(scene, kibibytes);
      await expectFails(scene, [/disk\/run/, /ENOSPC/]);
      expect(scene.server.requests).toEqual([]);
      expect(readdirSync(join(scene.cwd, 'disk'))).toEqual(['ballast']);
      makeRoom(scene);
      await expectGoesOn(scene);
    },
  );

  it('in the middle: the run stops, and goes on where there is room again', async () => {
    const scene = await setOnDisk(1_024);
    fill(scene, 64);
    await expectFails(scene, [/disk\/run\/journal\.ndjson cannot be written: ENOSPC/]);
    expect(scene.server.requests.length).toBeGreaterThan(100);
    expect(scene.server.requests.length).toBeLessThan(1_000);
    const sentBefore = scene.server.requests.length;
    // As full as before: still a sentence, and still nothing is sent.
    await expectFails(scene, [/disk\/run/, /ENOSPC/]);
    expect(scene.server.requests).toHaveLength(sentBefore);
    makeRoom(scene);
    await expectGoesOn(scene);
  });

  it('while the report is written: nothing is lost, and it is written later', async () => {
    const scene = await setOnDisk(4_096);
    scene.server.follow(({ index }) => {
      if (index === 980) fill(scene, 40);
      return undefined;
    });
    const says = 'The journal is whole: offboard report disk/run writes the report later.';
    await expectFails(scene, [/disk\/run\/\.?[a-z-]+\.(csv|html|json)/, /ENOSPC/, says]);
    expect(scene.server.requests).toHaveLength(1_000);
    expect(existsSync(join(scene.cwd, 'disk', 'run', 'report.json'))).toBe(false);
    makeRoom(scene);
    const { exitCode, stderr } = await scene.run(['report', 'disk/run']);
    expect(exitCode, stderr).toBe(0);
    expect(scene.disagreements('disk/run')).toEqual([]);
    await expectGoesOn(scene);
    expect(scene.server.requests).toHaveLength(1_000);
  });

  it('while the report of a second session is written: no report of the first is left to vouch for it', async () => {
    const scene = await setOnDisk(4_096);
    scene.server.follow(({ pair, nth }) =>
      nth === 1 && pairs.indexOf(pair) % 2 === 0
        ? { kind: 'answer', status: 409, body: { error: 'conflict' } }
        : undefined,
    );
    expect((await scene.run(words)).exitCode).toBe(20);
    scene.server.follow(({ index }) => {
      if (index === 1_490) fill(scene, 40);
      return undefined;
    });
    await expectFails(scene, [/ENOSPC/]);
    expect(existsSync(join(scene.cwd, 'disk', 'run', 'report.json'))).toBe(false);
    makeRoom(scene);
    await expectGoesOn(scene);
    expect(scene.server.requests).toHaveLength(1_500);
  });
});

describe('a disk that is read-only', () => {
  it('for a new run: nothing is sent', async () => {
    const scene = await setOnDisk(1_024);
    remount(scene, 'ro');
    await expectFails(scene, [/cannot make the run folder disk\/run/, /EROFS/]);
    expect(scene.server.requests).toEqual([]);
    remount(scene, 'rw');
    await expectGoesOn(scene);
  });

  it('for one that a kill left: nothing is sent, and later it goes on', async () => {
    const scene = await setOnDisk(2_048);
    const running = scene.start(words);
    await scene.server.arrived(300);
    running.kill('SIGKILL');
    await running.ended;
    const sentBefore = scene.server.requests.length;
    remount(scene, 'ro');
    await expectFails(scene, [/disk\/run/, /EROFS/]);
    expect(scene.server.requests).toHaveLength(sentBefore);
    const there = await scene.run(['report', 'disk/run']);
    expect(there.exitCode).toBe(1);
    expect(there.stderr).toMatch(/disk\/run: EROFS.*; --out puts the report elsewhere$/m);
    expect((await scene.run(['report', 'disk/run', '--out', 'elsewhere'])).exitCode).toBe(0);
    expect(scene.disagreements('elsewhere')).toEqual([]);
    remount(scene, 'rw');
    await expectGoesOn(scene);
  });
});

describe('a run folder that is deleted under the run', () => {
  it('stops it at its next heartbeat; then it is a new run, and what the lost one removed is absent', async () => {
    const scene = await setScene({ pairs });
    const out = ['run', 'pairs.csv', '--out', 'run'];
    const running = scene.start([...out, '--rate', '60'], { limitMs: 40_000 });
    await scene.server.arrived(100);
    rmSync(join(scene.cwd, 'run'), { recursive: true });
    const { exitCode, stderr } = await running.ended;
    expect(exitCode, stderr).toBe(1);
    expect(stderr).toContain('the journal run/journal.ndjson is no longer in its folder');
    expect(existsSync(join(scene.cwd, 'run'))).toBe(false);
    const removedBefore = scene.server.requests.filter(({ removed }) => removed).length;
    expect(removedBefore).toBeLessThan(1_000);

    expect((await scene.run(out)).exitCode).toBe(0);
    const { json } = readReport(join(scene.cwd, 'run'));
    expect(json.reasons).toEqual({
      removed: { deleted: 1_000 - removedBefore },
      'not-found': { absent: removedBefore },
    });
    expect(scene.server.members.size).toBe(0);
  });
});
