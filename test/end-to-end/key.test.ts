import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { constants, existsSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { mountSecret } from '../support/mounted-secret.ts';
import { readReport } from '../support/read-report.ts';
import { clearScenes, makePairs, type Scene, setScene } from '../support/set-scene.ts';
import { truthKey } from '../support/truth-server.ts';

afterAll(clearScenes);

const concurrency = 6;
const pace = ['--rate', '200', '--concurrency', String(concurrency)];
const fromFile = ['run', 'pairs.csv', '--out', 'run', '--api-key-file', 'secret/key', ...pace];
const fromEnvironment = ['run', 'pairs.csv', '--out', 'run', ...pace];
/** The file alone says the key. */
const noEnvironmentKey = { env: { PARADIGM_API_KEY: '' } };

describe.concurrent('a key in a file', { timeout: 120_000 }, () => {
  it('that is rotated in the middle: the run waits for the new one and goes on, nothing fails', async () => {
    const scene = await setScene({ pairs: makePairs(300) });
    mountKey(scene, truthKey);
    const running = scene.start(fromFile, noEnvironmentKey);
    await scene.server.arrived(100);
    scene.server.acceptKey('the-new-key');
    await running.said('key.refused');
    const refused = scene.server.requests.length;
    mountKey(scene, 'the-new-key\n');

    const ended = await running.ended;

    expect(ended.exitCode, ended.stderr).toBe(0);
    expect(scene.disagreements('run')).toEqual([]);
    const { json } = readReport(join(scene.cwd, 'run'));
    expect(json.counts).toMatchObject({ removed: 300, failed: 0 });
    expect(json.target.apiKeyFingerprint).toBe(fingerprint('the-new-key'));
    // What was in flight when the first was refused may arrive at the server after that was said.
    expect(keysOf(scene, refused + concurrency)).toEqual(new Set(['the-new-key']));
    expect(timesRefused(scene)).toBeLessThanOrEqual(concurrency);
    expectNowhere(scene, ended, [truthKey, 'the-new-key']);
  });

  it('that is refused from the beginning: stops at once', async () => {
    const scene = await setScene({ pairs: makePairs(300) });
    mountKey(scene, 'never-good');

    const ended = await scene.run(fromFile, noEnvironmentKey);

    await expectRefused(scene, ended);
    expect(scene.server.requests.length).toBeLessThanOrEqual(concurrency);
    expectNowhere(scene, ended, ['never-good']);
  });

  it('that is replaced by one that is refused, too: stops, and the same command goes on with a good one', async () => {
    const scene = await setScene({ pairs: makePairs(300) });
    mountKey(scene, truthKey);
    const running = scene.start(fromFile, noEnvironmentKey);
    await scene.server.arrived(100);
    scene.server.acceptKey('the-good-one');
    await running.said('key.refused');
    mountKey(scene, 'the-wrong-one');

    await expectRefused(scene, await running.ended);
    expect(timesRefused(scene)).toBeLessThanOrEqual(2 * concurrency);

    mountKey(scene, 'the-good-one');
    expect((await scene.run(fromFile, noEnvironmentKey)).exitCode).toBe(0);
    expect(scene.disagreements('run')).toEqual([]);
  });
});

describe('a key file that never comes to an end, a pipe that nobody writes to', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('can be stopped: %s ends the run with 21', async (signal) => {
    const scene = await setScene({ pairs: makePairs(5) });
    execFileSync('mkfifo', [join(scene.cwd, 'key')]);
    const words = ['run', 'pairs.csv', '--out', 'run', '--api-key-file', 'key'];
    const running = scene.start(words, { limitMs: 8_000 });
    await isReading(join(scene.cwd, 'key'));
    running.kill(signal);

    const { exitCode, stderr } = await running.ended;

    expect(exitCode, stderr).toBe(21);
    expect(stderr).toBe(`offboard: Stopped by ${signal} before anything was sent.\n`);
    expect(existsSync(join(scene.cwd, 'run'))).toBe(false);
  });
});

describe('a key in the environment', () => {
  it('that is revoked in the middle: few further requests, and the same command goes on with another', async () => {
    const scene = await setScene({ pairs: makePairs(300) });
    const running = scene.start(fromEnvironment);
    await scene.server.arrived(100);
    scene.server.acceptKey('another-key');

    const ended = await running.ended;

    await expectRefused(scene, ended);
    expect(timesRefused(scene)).toBeLessThanOrEqual(concurrency + 1);
    expect(ended.stdout).toContain('The API refuses the key in PARADIGM_API_KEY (401).');
    expectNowhere(scene, ended, [truthKey]);

    expect((await scene.run(fromEnvironment, { env: { PARADIGM_API_KEY: 'another-key' } })).exitCode).toBe(0);
    expect(scene.disagreements('run')).toEqual([]);
  });
});

function mountKey({ cwd }: Scene, key: string): void {
  mountSecret(join(cwd, 'secret'), key);
}

async function expectRefused(scene: Scene, ended: { readonly exitCode: number | null }): Promise<void> {
  expect(ended.exitCode).toBe(23);
  expect(scene.disagreements('run')).toEqual([]);
  const { json, rows } = readReport(join(scene.cwd, 'run'));
  expect(json.run).toMatchObject({ status: 'stopped', reason: 'unauthorized', exitCode: 23 });
  expect(json.counts.failed).toBe(0);
  expect(json.reasons['not-attempted']).toEqual({ unauthorized: json.counts['not-attempted'] });
  const met401 = new Set(
    scene.server.requests.filter(({ answered }) => answered === 401).map(({ pair }) => pair),
  );
  const notAttempted = rows.filter(({ file }) => file === 'not-attempted').map(pairOf);
  expect(notAttempted).toEqual(expect.arrayContaining([...met401]));
}

function pairOf({ cells }: { readonly cells: Readonly<Record<string, string>> }): string {
  return `${cells['workspace_id']}/${cells['user_id']}`;
}

function timesRefused({ server }: Scene): number {
  return server.requests.filter(({ answered }) => answered === 401).length;
}

/** The keys that requests from `index` on bore. */
function keysOf({ server }: Scene, index: number): ReadonlySet<string | undefined> {
  return new Set(server.requests.slice(index).map(({ key }) => key));
}

function fingerprint(key: string): string {
  return `sha256:${createHash('sha256').update(key).digest('hex').slice(0, 12)}`;
}

/** Resolves once a pipe has a reader, and leaves its other end open, so that it does not come to its end. */
async function isReading(pipe: string): Promise<void> {
  for (;;) {
    try {
      openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK);
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}

/** None of the keys stands in what was said or written. */
function expectNowhere(
  { cwd }: Scene,
  { stdout, stderr }: { readonly stdout: string; readonly stderr: string },
  keys: readonly string[],
): void {
  const folder = join(cwd, 'run');
  const texts = [
    stdout,
    stderr,
    ...readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8')),
  ];
  for (const key of keys) expect(texts.filter((text) => text.includes(key))).toEqual([]);
}
