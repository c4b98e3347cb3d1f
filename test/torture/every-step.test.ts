import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { readReport } from '../support/read-report.ts';
import { clearScenes, makePairs, type Scene, setScene } from '../support/set-scene.ts';

afterAll(clearScenes);

const killAtStep = fileURLToPath(new URL('kill-at-step.mjs', import.meta.url));
const nodeArguments = ['--import', killAtStep];
const words = ['run', 'pairs.csv', '--out', 'run', '--concurrency', '2'];
/** Every n-th step is tried; 1 tries all of them. */
const stride = Number(process.env['TORTURE_STRIDE'] ?? 6);

/** Two of these are no members, one stands twice, one is answered with a 503 of the API's first. */
async function setUp(): Promise<Scene> {
  const pairs = makePairs(10, 3);
  return setScene({
    pairs,
    members: pairs.slice(2),
    script: ({ pair, nth }) =>
      pair === pairs[5] && nth === 1
        ? {
            kind: 'answer',
            status: 503,
            body: { error: 'service_maintenance' },
            headers: { 'retry-after': '0' },
          }
        : undefined,
  });
}

/** A first session has left a whole report, in which half of all are `failed`. */
async function withReport(): Promise<Scene> {
  const pairs = makePairs(10, 3);
  const scene = await setScene({
    pairs,
    script: ({ pair, nth }) =>
      nth === 1 && pairs.indexOf(pair) % 2 === 1
        ? { kind: 'answer', status: 409, body: { error: 'conflict' } }
        : undefined,
  });
  expect((await scene.run(words)).exitCode).toBe(20);
  expect(scene.disagreements('run')).toEqual([]);
  return scene;
}

/** How many steps a command takes when nothing ends it, by name. */
async function stepsOf(scene: Scene): Promise<readonly string[]> {
  const file = join(scene.cwd, 'steps');
  const { exitCode, stderr } = await scene.run(words, { nodeArguments, env: { KILL_STEPS_FILE: file } });
  expect(exitCode, stderr).toBe(0);
  const steps = readFileSync(file, 'utf8').trimEnd().split('\n');
  rmSync(file);
  return steps;
}

const runAndDie = async (scene: Scene, step: number): Promise<boolean> =>
  (await scene.run(words, { nodeArguments, env: { KILL_AT_STEP: String(step) } })).signal === 'SIGKILL';

/** A report that is there is the whole set of one session, and none of it is untrue. */
function expectWholeOrNone(scene: Scene, moment: string): void {
  if (!existsSync(join(scene.cwd, 'run', 'report.json'))) return;
  const { json } = readReport(join(scene.cwd, 'run'));
  expect(json.run.status, moment).toBe('completed');
  expect(scene.disagreements('run'), moment).toEqual([]);
}

async function expectGoesOn(scene: Scene, moment: string): Promise<void> {
  const { exitCode, stderr } = await scene.run(words);
  expect(exitCode, `${moment}: ${stderr}`).toBe(0);
  expect(scene.disagreements('run'), moment).toEqual([]);
}

describe('a run that is killed at any step of what it does to files', () => {
  it('is finished by the same command, and what it leaves says nothing untrue', async () => {
    const steps = await stepsOf(await setUp());
    let kills = 0;
    for (let step = 1; step <= steps.length; step += stride) {
      const scene = await setUp();
      const moment = `killed ${steps[step - 1]} (step ${step} of ${steps.length})`;
      if (await runAndDie(scene, step)) kills += 1;
      expectWholeOrNone(scene, moment);
      await expectGoesOn(scene, moment);
    }
    // Two runs do not take the same number of steps: batches of lines fall differently.
    expect(kills).toBeGreaterThan((0.8 * steps.length) / stride);
  });

  it('is finished by a third one where the second one is killed, too', async () => {
    const first = await setUp();
    const half = Math.floor((await stepsOf(first)).length * 0.45);
    const probe = await setUp();
    expect(await runAndDie(probe, half)).toBe(true);
    const steps = await stepsOf(probe);
    for (let step = 1; step <= steps.length; step += stride) {
      const scene = await setUp();
      const moment = `killed half-way, then ${steps[step - 1]} (step ${step} of ${steps.length})`;
      expect(await runAndDie(scene, half)).toBe(true);
      await runAndDie(scene, step);
      expectWholeOrNone(scene, moment);
      await expectGoesOn(scene, moment);
    }
  });

  it('vouches for no report of an earlier session while it changes what that says', async () => {
    const first = await withReport();
    const steps = await stepsOf(first);
    for (let step = 1; step <= steps.length; step += stride) {
      const scene = await withReport();
      const moment = `the second session killed ${steps[step - 1]} (step ${step} of ${steps.length})`;
      await runAndDie(scene, step);
      expectWholeOrNone(scene, moment);
      await expectGoesOn(scene, moment);
    }
  });
});

describe('a run that gets a first signal at any step of what it does to files', () => {
  it('ends with 21 or, where nothing was left to do, with 0; and its report is whole, or no folder was made', async () => {
    const steps = await stepsOf(await setUp());
    const exitCodes = new Map<number | null, number>();
    for (let step = 1; step <= steps.length; step += stride) {
      const scene = await setUp();
      const moment = `SIGTERM ${steps[step - 1]} (step ${step} of ${steps.length})`;
      const env = { KILL_AT_STEP: String(step), KILL_WITH: 'SIGTERM' };
      const { exitCode, stderr } = await scene.run(words, { nodeArguments, env });
      exitCodes.set(exitCode, (exitCodes.get(exitCode) ?? 0) + 1);
      expect([0, 21], `${moment}: ${stderr}`).toContain(exitCode);
      if (existsSync(join(scene.cwd, 'run'))) {
        const { json } = readReport(join(scene.cwd, 'run'));
        expect(json.run, moment).toMatchObject({ exitCode, reason: exitCode === 0 ? null : 'interrupted' });
        expect(scene.disagreements('run'), moment).toEqual([]);
      } else {
        expect(scene.server.requests, moment).toEqual([]);
      }
      await expectGoesOn(scene, moment);
    }
    expect(exitCodes.get(21)).toBeGreaterThan(0);
    expect(exitCodes.get(0)).toBeGreaterThan(0);
  });

  it('ends at once by a second one, whatever it is at, and the same command goes on', async () => {
    const steps = await stepsOf(await setUp());
    for (let step = 2; step <= steps.length; step += stride) {
      const scene = await setUp();
      const moment = `SIGINT, then SIGTERM ${steps[step - 1]} (step ${step} of ${steps.length})`;
      const env = { KILL_AT_STEP: String(step), KILL_WITH: 'SIGINT', KILL_THEN: 'SIGTERM' };
      const { exitCode, stderr } = await scene.run(words, { nodeArguments, env });
      expect([0, 21, 130, 143], `${moment}: ${stderr}`).toContain(exitCode);
      if (existsSync(join(scene.cwd, 'run', 'report.json'))) {
        expect(scene.disagreements('run'), moment).toEqual([]);
      }
      await expectGoesOn(scene, moment);
    }
  });
});
