import { existsSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { readReport } from '../support/read-report.ts';
import type { Ended, Running } from '../support/run-offboard.ts';
import { clearScenes, makePairs, type Scene, setScene } from '../support/set-scene.ts';

afterAll(clearScenes);

const concurrency = 4;
const words = ['run', 'pairs.csv', '--out', 'run', '--concurrency', String(concurrency)];
const rounds = Number(process.env['TORTURE_ROUNDS'] ?? 50);

/** A PID namespace of its own, as each container has: the run is process number 1 there. */
const container = [
  'unshare',
  ...(process.getuid?.() === 0 ? [] : ['--user', '--map-root-user']),
  ...['--pid', '--fork', '--mount-proc', '--kill-child'],
];
const setClock = ['--import', fileURLToPath(new URL('set-clock.mjs', import.meta.url))];
const slowly = () => ({ kind: 'usual', afterMs: 15 }) as const;

const lockPath = (scene: Scene) => join(scene.cwd, 'run', 'lock.1');

/** As if its holder had last shown itself so long ago. */
function age(scene: Scene, seconds: number): void {
  const at = Date.now() / 1_000 - seconds;
  utimesSync(lockPath(scene), at, at);
}

/** Pairs that more than one request asked for. */
function askedAgain({ server }: Scene): readonly string[] {
  return server.requests.filter(({ nth }) => nth > 1).map(({ pair }) => pair);
}

function expectDone(scene: Scene, { exitCode, stderr }: Ended): void {
  expect(exitCode, stderr).toBe(0);
  expect(scene.disagreements('run')).toEqual([]);
  expect(readdirSync(join(scene.cwd, 'run')).filter((name) => /lock/.test(name))).toEqual([]);
}

/** A run that was killed in the middle, and the lock it left. */
async function killedRun(rows: number, wrapper: readonly string[] = []): Promise<Scene> {
  const scene = await setScene({ pairs: makePairs(rows), script: slowly });
  const running = scene.start(words, { wrapper });
  await scene.server.arrived(rows / 3);
  running.kill('SIGKILL');
  await running.ended;
  expect(existsSync(lockPath(scene))).toBe(true);
  return scene;
}

describe('two runs that begin at once in one folder', () => {
  it.each([
    { name: 'a new one', before: () => setScene({ pairs: makePairs(40), script: slowly }) },
    { name: 'one that a kill left', before: () => killedRun(60) },
  ])(`never both send: $name, ${rounds / 2} times`, async ({ before }) => {
    let refused = 0;
    for (let round = 0; round < rounds / 2; round += 1) {
      const scene = await before();
      const sentBefore = scene.server.requests.length;
      const both = await Promise.all([scene.run(words), scene.run(words)]);
      const codes = both.map(({ exitCode }) => exitCode).sort();
      expect(codes[0], both.map(({ stderr }) => stderr).join()).toBe(0);
      // A run that begins when the other has ended finds nothing left to do.
      expect([0, 24]).toContain(codes[1]);
      if (codes[1] === 24) refused += 1;
      expect(scene.disagreements('run')).toEqual([]);
      // What a kill left open is sent again, by one of them.
      expect(askedAgain(scene).length).toBeLessThanOrEqual(sentBefore === 0 ? 0 : 2 * concurrency);
      expect(new Set(askedAgain(scene)).size).toBe(askedAgain(scene).length);
    }
    console.log(`refused with 24: ${refused} of ${rounds / 2}`);
    expect(refused).toBeGreaterThan(0);
  });
});

describe.concurrent('a lock that was left', () => {
  it.each([
    { name: 'by a dead process of this host', holder: {} },
    { name: 'by a process whose number another one has now', holder: { pid: process.pid } },
  ])('$name is taken over at once', async ({ holder }) => {
    const scene = await killedRun(60);
    const lock = JSON.parse(readFileSync(lockPath(scene), 'utf8')) as object;
    writeFileSync(lockPath(scene), `${JSON.stringify({ ...lock, ...holder })}\n`);
    const sentBefore = scene.server.requests.length;
    const startedAt = performance.now();
    const running = scene.start(words);
    await scene.server.arrived(sentBefore + 1);
    console.log(
      `first request after ${Math.round(performance.now() - startedAt)} ms, Node.js's start included`,
    );
    expectDone(scene, await running.ended);
  });

  it('on another host is respected for a minute after its last heartbeat, and then taken over', async () => {
    const scene = await killedRun(60);
    const lock = JSON.parse(readFileSync(lockPath(scene), 'utf8')) as object;
    writeFileSync(lockPath(scene), `${JSON.stringify({ ...lock, host: 'node-7', bootId: 'another' })}\n`);
    const refused = await scene.run(words);
    expect(refused.exitCode).toBe(24);
    expect(refused.stderr).toMatch(/held by process \d+ on node-7, since 20/);
    // A busy machine may take long until it looks.
    age(scene, 40);
    expect((await scene.run(words)).exitCode).toBe(24);
    age(scene, 61);
    const ended = await scene.run(words, { limitMs: 60_000 });
    expect(ended.stderr).toContain('waiting 12 s to be sure');
    expectDone(scene, ended);
  });

  it('in a container, where every run is process number 1, is not taken for the own one', async () => {
    const scene = await killedRun(60, container);
    expect(JSON.parse(readFileSync(lockPath(scene), 'utf8'))).toMatchObject({ pid: 1 });
    expect((await scene.run(words, { wrapper: container })).exitCode).toBe(24);
    age(scene, 61);
    expectDone(scene, await scene.run(words, { wrapper: container, limitMs: 60_000 }));
  });
});

describe.concurrent('a second run beside a living one', () => {
  it.each([
    { name: 'in another PID namespace with the same host name', shiftMs: 0 },
    { name: 'whose clock is two minutes ahead', shiftMs: 120_000 },
    { name: 'whose clock is two minutes behind', shiftMs: -120_000 },
  ])('is refused: $name', async ({ shiftMs }) => {
    const scene = await setScene({ pairs: makePairs(1_200), script: slowly });
    const first = scene.start([...words, '--rate', '60'], { wrapper: container, limitMs: 120_000 });
    await scene.server.arrived(20);
    // The first one lives until all three have been refused, however long they take to start.
    scene.server.follow(() => ({ kind: 'usual', afterMs: 1_000 }));
    for (let times = 0; times < 3; times += 1) {
      const second = await scene.run(words, {
        wrapper: container,
        nodeArguments: setClock,
        env: { CLOCK_SHIFT_MS: String(shiftMs) },
      });
      expect(second.exitCode, second.stderr).toBe(24);
    }
    scene.server.follow(slowly);
    expectDone(scene, await first.ended);
    expect(askedAgain(scene)).toEqual([]);
  });
});

describe.concurrent('a holder that is stopped', () => {
  it('for 90 s, and wakes up beside the run that has taken its folder: sends nothing more', async () => {
    const scene = await setScene({ pairs: makePairs(2_000), script: slowly });
    const pace = ['--rate', '60'];
    const first = scene.start([...words, ...pace], { wrapper: container, limitMs: 200_000 });
    await scene.server.arrived(100);
    const inner = innerProcess(first);
    process.kill(inner, 'SIGSTOP');
    const stoppedAt = performance.now();
    const sentByFirst = scene.server.requests.length;

    const { second, refusals } = await takeOver(scene, [...words, ...pace]);
    await scene.server.arrived(sentByFirst + 1);
    console.log(
      `refused ${refusals} times, first request of the second run ${Math.round((performance.now() - stoppedAt) / 1_000)} s after the holder was stopped`,
    );
    await sleep(Math.max(0, 90_000 - (performance.now() - stoppedAt)));
    process.kill(inner, 'SIGCONT');

    const woken = await first.ended;
    expect(woken.exitCode, woken.stderr).toBe(24);
    expectDone(scene, await second.ended);
    // What was under way when the first was stopped; not one that it would have sent after it woke.
    expect(askedAgain(scene).length).toBeLessThanOrEqual(2 * concurrency);
  });

  it('and woken before a minute has passed goes on, and no other run comes in', async () => {
    const scene = await setScene({ pairs: makePairs(400), script: slowly });
    const first = scene.start([...words, '--rate', '60'], { wrapper: container, limitMs: 120_000 });
    await scene.server.arrived(100);
    const inner = innerProcess(first);
    process.kill(inner, 'SIGSTOP');
    await sleep(35_000);
    expect((await scene.run(words, { wrapper: container })).exitCode).toBe(24);
    process.kill(inner, 'SIGCONT');
    expectDone(scene, await first.ended);
    expect(askedAgain(scene).length).toBeLessThanOrEqual(concurrency);
  });

  it.each([
    { name: 'while its lock is being taken over', pausedMs: 67_000 },
    { name: 'once its lock has been taken over', pausedMs: 82_000 },
  ])(
    'with its whole machine, so that no clock tells, and goes on $name: sends nothing unknown',
    async (row) => {
      const { pausedMs } = row;
      const scene = await setScene({ pairs: makePairs(2_500), script: slowly });
      const first = scene.start([...words, '--rate', '60'], {
        wrapper: container,
        nodeArguments: ['--import', fileURLToPath(new URL('frozen-machine.mjs', import.meta.url))],
        limitMs: 200_000,
      });
      await scene.server.arrived(100);
      const inner = innerProcess(first);
      const shownAt = statSync(lockPath(scene)).mtimeMs;
      while (statSync(lockPath(scene)).mtimeMs === shownAt) await sleep(20);
      process.kill(inner, 'SIGSTOP');
      await sleep(60_100);
      const second = scene.start([...words, '--rate', '30'], { wrapper: container, limitMs: 200_000 });
      await second.said('waiting 12 s');
      await sleep(pausedMs - 60_100 - 1_000);
      process.kill(inner, 'SIGCONT');
      const thawedAt = performance.now();
      const woken = await first.ended;
      const sentAgain = askedAgain(scene).length;
      console.log(
        `paused ${pausedMs / 1_000} s: the first ended with ${woken.exitCode} ${Math.round(performance.now() - thawedAt)} ms after, ${sentAgain} asked again`,
      );
      const other = await second.ended;
      // At least one gives way. Where the thawed one writes while the other reads, both do: nothing is sent for certain.
      const codes = [woken.exitCode, other.exitCode].sort();
      expect([[0, 24].join(), [24, 24].join()], woken.stderr + other.stderr).toContain(codes.join());
      if (codes[0] === 24) expectDone(scene, await scene.run([...words, '--rate', '200']));
      expect(scene.disagreements('run')).toEqual([]);
      expect(askedAgain(scene).length).toBeLessThanOrEqual(4 * concurrency);
    },
  );
});

describe('a wall clock that is set back an hour in the middle', () => {
  it('breaks nothing, changes no duration, and is said in the report', async () => {
    const scene = await setScene({ pairs: makePairs(300), script: slowly });
    const startedAt = performance.now();
    const running = scene.start([...words, '--rate', '150'], {
      nodeArguments: setClock,
      env: { CLOCK_SHIFT_MS: '-3600000', CLOCK_SHIFT_LATER: '1' },
    });
    await scene.server.arrived(100);
    running.kill('SIGUSR2');
    expectDone(scene, await running.ended);
    const { json } = readReport(join(scene.cwd, 'run'));
    expect(json.warnings.filter((text) => text.startsWith('the wall clock moved 1 h back'))).toHaveLength(1);
    expect(json.requests.seconds).toBeGreaterThan(0);
    expect(json.requests.seconds * 1_000).toBeLessThan(performance.now() - startedAt);
    expect(json.requests.latencyMs.max).toBeLessThan(10_000);
  });
});

/** The run itself, inside of its container. */
function innerProcess({ pid }: Running): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  expect(children).toMatch(/^\d+$/);
  return Number(children);
}

/** Asks for the folder in another container, as a scheduler does, until it is had. */
async function takeOver(scene: Scene, command: readonly string[]) {
  for (let refusals = 0; ; refusals += 1) {
    const second = scene.start(command, { wrapper: container, limitMs: 200_000 });
    const isRefused = await Promise.race([
      second.ended.then(({ exitCode }) => exitCode === 24),
      second.said('waiting 12 s').then(
        () => false,
        () => true,
      ),
    ]);
    if (!isRefused) return { second, refusals };
    await second.ended;
    await sleep(3_000);
  }
}
