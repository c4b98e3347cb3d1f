import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { mountSecret } from '../support/mounted-secret.ts';
import { readReport } from '../support/read-report.ts';
import type { Running } from '../support/run-offboard.ts';
import { clearScenes, makePairs, type Scene, setScene } from '../support/set-scene.ts';
import { type Script, truthKey } from '../support/truth-server.ts';

afterAll(clearScenes);

const noEnvironmentKey = { env: { PARADIGM_API_KEY: '' }, limitMs: 150_000 };
const words = (concurrency: number): readonly string[] => [
  ...['run', 'pairs.csv', '--out', 'run', '--rate', '200', '--concurrency', String(concurrency)],
];
const fromFile = [...words(8), '--api-key-file', 'secret/key'];

function refusedOf({ server }: Scene) {
  return server.requests.filter(({ answered }) => answered === 401);
}

function expectNothingFailed(scene: Scene): void {
  expect(scene.disagreements('run')).toEqual([]);
  const { json, rows } = readReport(join(scene.cwd, 'run'));
  expect(json.counts).toMatchObject({ removed: 400, failed: 0, 'not-attempted': 0 });
  // A refused key is nobody's failure, and no attempt of the removal's; it was a request all the same.
  for (const { attempts } of rows.map(({ cells }) => ({ attempts: Number(cells['attempts']) })))
    expect(attempts).toBeLessThanOrEqual(2);
}

/** A run whose key, in a file, has just been refused for the first time; `script` is what requests meet from then on. */
async function refusedKey(script: Script = () => undefined) {
  const scene = await setScene({ pairs: makePairs(400) });
  const volume = join(scene.cwd, 'secret');
  mountSecret(volume, truthKey);
  const running = scene.start(fromFile, noEnvironmentKey);
  await scene.server.arrived(100);
  scene.server.acceptKey('the-new-key');
  scene.server.follow(script);
  await running.said('key.refused');
  return { scene, volume, running };
}

async function expectDone(scene: Scene, running: Running): Promise<void> {
  const { exitCode, stderr } = await running.ended;
  expect(exitCode, stderr).toBe(0);
  expectNothingFailed(scene);
}

describe.concurrent('a key in a file', { timeout: 180_000 }, () => {
  it.each([
    { name: 'swapped 5 s after the old one died', afterMs: 5_000 },
    { name: 'swapped 75 s after the old one died', afterMs: 75_000 },
  ])('that is rotated, $name: all goes on', async ({ afterMs }) => {
    const { scene, volume, running } = await refusedKey();
    await sleep(afterMs);
    mountSecret(volume, 'the-new-key\n');

    await expectDone(scene, running);
    expect(refusedOf(scene).length).toBeLessThanOrEqual(8);
  });

  it('that is empty for a moment, then gone for a moment: all goes on', async () => {
    const { scene, volume, running } = await refusedKey();
    const key = join(volume, 'key');
    mountSecret(volume, '');
    await sleep(5_000);
    renameSync(key, `${key}.away`);
    await sleep(5_000);
    writeFileSync(key, 'the-new-key');

    await expectDone(scene, running);
  });

  it('whose old one is still refused, late, when the new one is used: all goes on', async () => {
    // The first refusal comes while others are on their way; those are refused when the new key has long been read.
    let refusals = 0;
    const { scene, volume, running } = await refusedKey(({ key }) => {
      if (key !== truthKey) return undefined;
      refusals += 1;
      return { kind: 'usual', afterMs: refusals === 1 ? 300 : 6_000 };
    });
    mountSecret(volume, 'the-new-key\n');

    await expectDone(scene, running);
    expect(refusals).toBeGreaterThan(1);
  });

  it('that is not replaced within 90 s: stops with 23, and the same command goes on with another', async () => {
    const { scene, volume, running } = await refusedKey();
    const refusedAt = performance.now();
    const { exitCode, stderr } = await running.ended;
    console.log(
      `not replaced: exit ${exitCode} ${Math.round((performance.now() - refusedAt) / 1_000)} s later`,
    );
    expect(exitCode, stderr).toBe(23);
    expect(scene.disagreements('run')).toEqual([]);
    const { json } = readReport(join(scene.cwd, 'run'));
    expect(json.run).toMatchObject({ reason: 'unauthorized', exitCode: 23 });
    mountSecret(volume, 'the-new-key');
    expect((await scene.run(fromFile, noEnvironmentKey)).exitCode).toBe(0);
    expectNothingFailed(scene);
  });
});

describe.concurrent('a key in the environment that is revoked', () => {
  it.each([1, 8, 64])('stops the run after few further requests, at concurrency %i', async (concurrency) => {
    const scene = await setScene({ pairs: makePairs(400), script: () => ({ kind: 'usual', afterMs: 5 }) });
    const running = scene.start(words(concurrency));
    await scene.server.arrived(100);
    scene.server.acceptKey('the-new-key');
    const { exitCode, stderr } = await running.ended;
    console.log(`concurrency ${concurrency}: ${refusedOf(scene).length} requests refused`);
    expect(exitCode, stderr).toBe(23);
    expect(refusedOf(scene).length).toBeLessThanOrEqual(concurrency + 1);
    const { json } = readReport(join(scene.cwd, 'run'));
    expect(json.reasons['not-attempted']).toEqual({ unauthorized: json.counts['not-attempted'] });
    expect((await scene.run(words(concurrency), { env: { PARADIGM_API_KEY: 'the-new-key' } })).exitCode).toBe(
      0,
    );
    expectNothingFailed(scene);
  });
});
