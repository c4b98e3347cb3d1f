import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import type { Behaviour } from '../support/behaviour.ts';
import { readReport } from '../support/read-report.ts';
import type { Running } from '../support/run-offboard.ts';
import { clearScenes, makePairs, type Scene, setScene } from '../support/set-scene.ts';
import { truthKey } from '../support/truth-server.ts';

afterAll(clearScenes);

const concurrency = 8;
const bare = ['run', 'pairs.csv', '--out', 'run'];
const words = [...bare, '--rate', '200', '--concurrency', String(concurrency)];

/** Sends the signal; it must have ended in order and on its own, with a true report. Prints how long that took. */
async function stopBy(signal: NodeJS.Signals, scene: Scene, running: Running, when: string) {
  const signalledAt = performance.now();
  running.kill(signal);
  await running.said('run.stopping');
  const sentBefore = scene.server.requests.length;
  const { exitCode, stderr, stdout } = await running.ended;
  console.log(`${signal} ${when}: exit ${exitCode} after ${Math.round(performance.now() - signalledAt)} ms`);
  expect(exitCode, stderr).toBe(21);
  expect(stdout).toContain(`Stopped by ${signal}.`);
  const { json } = readReport(join(scene.cwd, 'run'));
  expect(json.run).toMatchObject({ status: 'stopped', reason: 'interrupted', exitCode: 21 });
  expect(json.reasons['not-attempted']).toEqual({ interrupted: json.counts['not-attempted'] });
  expect(scene.disagreements('run')).toEqual([]);
  return { json, sentSince: scene.server.requests.length - sentBefore };
}

/** The same command, where nothing is wrong any more. */
async function expectGoesOn(scene: Scene, env: Readonly<Record<string, string>> = {}): Promise<void> {
  scene.server.follow(() => undefined);
  const { exitCode, stderr } = await scene.run(words, { env });
  expect(exitCode, stderr).toBe(0);
  expect(scene.disagreements('run')).toEqual([]);
}

describe.concurrent('a first signal', { timeout: 60_000 }, () => {
  it('while answers take 60 ms: the run ends as soon as they are in', async () => {
    const scene = await setScene({ pairs: makePairs(800), script: () => ({ kind: 'usual', afterMs: 60 }) });
    const running = scene.start([...bare, '--concurrency', String(concurrency)]);
    await scene.server.arrived(300);
    const { json, sentSince } = await stopBy('SIGTERM', scene, running, 'while answers take 60 ms');
    expect(json.perhapsRemoved).toBe(0);
    expect(sentSince).toBeLessThanOrEqual(concurrency);
    await expectGoesOn(scene);
  });

  it.each([1_000, 3_000])('while everything hangs: the grace of %i ms is kept', async (graceMs) => {
    const scene = await setScene({ pairs: makePairs(200) });
    const patience = ['--timeout', '1h', '--max-outage', '1h', '--grace', `${graceMs}ms`];
    const running = scene.start([...words, ...patience]);
    await scene.server.arrived(50);
    const sentBefore = scene.server.requests.length;
    scene.server.follow(() => ({ kind: 'hang', acts: true }));
    await scene.server.arrived(sentBefore + concurrency);
    const { json } = await stopBy('SIGTERM', scene, running, `while everything hangs, grace ${graceMs} ms`);
    expect(json.perhapsRemoved).toBe(concurrency);
    await expectGoesOn(scene);
  });

  it.each<{ name: string; behaviour: Behaviour; said: string }>([
    {
      name: 'everybody is held by a 429',
      behaviour: { kind: 'answer', status: 429, headers: { 'retry-after': '300' } },
      said: 'throttled',
    },
    { name: 'an outage is probed', behaviour: { kind: 'reset-before' }, said: 'outage.began' },
    {
      name: 'removals wait for their backoff',
      behaviour: { kind: 'answer', status: 503, headers: { 'retry-after': '100' }, body: { error: 'x' } },
      said: 'instance.failed',
    },
  ])('while $name: the run ends at once', async ({ behaviour, said }) => {
    const scene = await setScene({ pairs: makePairs(200) });
    const running = scene.start([...words, '--log-level', 'debug']);
    await scene.server.arrived(50);
    scene.server.follow(() => behaviour);
    await running.said(said);
    await sleep(1_000);
    const { sentSince } = await stopBy('SIGINT', scene, running, `while ${said}`);
    expect(sentSince).toBeLessThanOrEqual(1);
    await expectGoesOn(scene);
  });

  it('while another key is waited for: the run ends at once', async () => {
    const scene = await setScene({ pairs: makePairs(200) });
    mkdirSync(join(scene.cwd, 'secret'));
    writeFileSync(join(scene.cwd, 'secret', 'key'), truthKey);
    const env = { PARADIGM_API_KEY: '' };
    const fromFile = [...words, '--api-key-file', 'secret/key'];
    const running = scene.start(fromFile, { env });
    await scene.server.arrived(50);
    scene.server.acceptKey('the-new-key');
    await running.said('key.refused');
    await sleep(500);
    const { sentSince } = await stopBy('SIGTERM', scene, running, 'while another key is waited for');
    expect(sentSince).toBe(0);
    await expectGoesOn(scene, { PARADIGM_API_KEY: 'the-new-key' });
  });
});

describe('--max-duration', () => {
  it('counts the time that the report takes', async () => {
    const rows = 150_000;
    // At most 64 to 20 ms: more than 20 s of work on any machine, and a busy one has time to read the list first.
    const scene = await setScene({ pairs: makePairs(rows), script: () => ({ kind: 'usual', afterMs: 20 }) });
    const startedAt = performance.now();
    const limit = ['--max-duration', '20s', '--concurrency', '64'];
    const { exitCode, stderr } = await scene.run([...bare, ...limit], { limitMs: 90_000 });
    console.log(
      `--max-duration 20s, ${rows} records: ended after ${Math.round(performance.now() - startedAt)} ms`,
    );
    expect(exitCode, stderr).toBe(21);
    const { json } = readReport(join(scene.cwd, 'run'));
    expect(json.run).toMatchObject({ status: 'stopped', reason: 'time-limit', exitCode: 21 });
    expect(json.counts.removed).toBeGreaterThan(0);
    expect(json.reasons['not-attempted']).toEqual({ 'time-limit': json.counts['not-attempted'] });
    expect(scene.disagreements('run')).toEqual([]);
  });
});
