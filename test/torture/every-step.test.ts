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
