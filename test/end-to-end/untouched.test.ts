import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { folderState } from '../support/folder-state.ts';
import { clearScenes, makePairs, type Scene, setScene } from '../support/set-scene.ts';

afterAll(clearScenes);

const pairs = makePairs(20, 5);

/** Wrong ways to run, each with the code that it ends with. */
const refusals = [
  { name: 'an unknown flag', code: 2, input: 'pairs.csv', words: ['--concurency', '4'], env: {} },
  { name: 'no key', code: 2, input: 'pairs.csv', words: [], env: { PARADIGM_API_KEY: '' } },
  { name: 'an invalid record', code: 2, input: 'bad.csv', words: [], env: {} },
  { name: 'no input', code: 2, input: 'none.csv', words: [], env: {} },
  {
    name: 'more removals than allowed',
    code: 22,
    input: 'pairs.csv',
    words: ['--max-removals', '19'],
    env: {},
  },
] as const;

/** Everything below the scene's folder: folders and files by name, files also by time, mode and content. */
function stateOf({ cwd }: Scene) {
  return { names: readdirSync(cwd, { recursive: true }).sort(), files: folderState(cwd) };
}

async function setPlace(): Promise<Scene> {
  const scene = await setScene({ pairs });
  writeFileSync(join(scene.cwd, 'bad.csv'), 'workspace_id,user_id\n1,1000\n1,"1,200"\n');
  return scene;
}

/** A run of which one record failed, so that the same command would go on. */
async function leaveUnfinished(scene: Scene, where: readonly string[]): Promise<void> {
  scene.server.follow(({ pair }) => (pair === pairs[3] ? { kind: 'answer', status: 409 } : undefined));
  expect((await scene.run(['run', 'pairs.csv', ...where])).exitCode).toBe(20);
}

/** Ends with `code`, says why in one line, and nothing on disk or at the server is another than before. */
async function expectUntouched(
  scene: Scene,
  code: number,
  words: readonly string[],
  env = {},
): Promise<string> {
  const before = stateOf(scene);
  const sent = scene.server.requests.length;
  const { exitCode, stdout, stderr } = await scene.run(words, { env });
  expect(exitCode, stderr).toBe(code);
  expect(stdout).toBe('');
  expect(stderr).toMatch(/^offboard: .+/);
  expect(stateOf(scene)).toEqual(before);
  expect(scene.server.requests).toHaveLength(sent);
  return stderr;
}

describe.concurrent('a run that is refused', { timeout: 120_000 }, () => {
  it.each(refusals)('with $code for $name makes no run folder', async ({ code, input, words, env }) => {
    const scene = await setPlace();
    for (const where of [[], ['--out', 'a/run'], ['--runs-folder', 'runs']]) {
      await expectUntouched(scene, code, ['run', input, ...where, ...words], env);
    }
  });

  it.each(refusals)('with $code for $name changes none', async ({ code, input, words, env }) => {
    const scene = await setPlace();
    await leaveUnfinished(scene, ['--runs-folder', 'runs']);
    const [name = ''] = readdirSync(join(scene.cwd, 'runs'));
    for (const where of [
      ['--out', `runs/${name}`],
      ['--runs-folder', 'runs'],
    ]) {
      await expectUntouched(scene, code, ['run', input, ...where, ...words], env);
    }
  });

  it.each([
    { name: 'another scope', words: ['--scope', 'company'] },
    { name: 'another shard', words: ['--shard', '2/2'] },
    { name: 'another instance', words: ['--base-url', 'http://127.0.0.1:9'] },
  ])('with 25 for $name changes none', async ({ words }) => {
    const scene = await setPlace();
    await leaveUnfinished(scene, ['--out', 'run']);
    const said = await expectUntouched(scene, 25, ['run', 'pairs.csv', '--out', 'run', ...words]);
    expect(said).toMatch(/ there, .* here; nothing was sent\./);
  });

  it('with 24 leaves the run that holds the folder alone, named or found', async () => {
    const scene = await setPlace();
    scene.server.follow(() => ({ kind: 'hang' }));
    const first = scene.start([
      'run',
      'pairs.csv',
      '--out',
      'runs/run',
      '--concurrency',
      '1',
      '--grace',
      '0s',
    ]);
    await scene.server.arrived(1);
    for (const words of [
      ['run', 'pairs.csv', '--out', 'runs/run'],
      ['run', 'pairs.csv', '--runs-folder', 'runs'],
      ['report', 'runs/run'],
      ['report', 'runs/run', '--out', 'elsewhere'],
    ]) {
      const said = await expectUntouched(scene, 24, words);
      expect(said).toContain(`process ${first.pid}`);
    }
    first.kill('SIGTERM');
    expect((await first.ended).exitCode).toBe(21);
  });
});

describe.concurrent('a report that is refused', { timeout: 120_000 }, () => {
  it('with 2 or 25 makes no folder and changes none', async () => {
    const scene = await setPlace();
    for (const shard of ['1/2', '1/3']) {
      const folder = `shard-${shard[2]}`;
      expect((await scene.run(['run', 'pairs.csv', '--shard', shard, '--out', folder])).exitCode).toBe(0);
    }
    mkdirSync(join(scene.cwd, 'empty'));
    await expectUntouched(scene, 25, ['report', 'shard-2', 'shard-3', '--out', 'all']);
    await expectUntouched(scene, 2, ['report', 'shard-2', 'shard-2', '--out', 'all']);
    await expectUntouched(scene, 2, ['report', 'shard-2', 'empty', '--out', 'all']);
    await expectUntouched(scene, 2, ['report', 'shard-2', 'nowhere', '--out', 'all']);
    await expectUntouched(scene, 2, ['report', 'empty']);
    writeFileSync(join(scene.cwd, 'shard-2', 'input.csv'), 'workspace_id,user_id\n1,1000\n');
    await expectUntouched(scene, 25, ['report', 'shard-2']);
  });
});
