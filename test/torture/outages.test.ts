import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import type { Behaviour } from '../support/behaviour.ts';
import { readReport } from '../support/read-report.ts';
import { clearScenes, makePairs, type Scene, setScene } from '../support/set-scene.ts';

afterAll(clearScenes);

const page = { 'content-type': 'text/html' };
const answer = (status: number): Behaviour => ({
  kind: 'answer',
  status,
  headers: page,
  body: '<h1>Not now</h1>',
});
const forms: readonly { readonly name: string; readonly behaviour: Behaviour; readonly lastsMs: number }[] = [
  { name: 'connections reset', behaviour: { kind: 'reset-before' }, lastsMs: 20_000 },
  { name: 'connections reset after the removal', behaviour: { kind: 'reset-after' }, lastsMs: 20_000 },
  { name: 'no answers', behaviour: { kind: 'hang' }, lastsMs: 20_000 },
  { name: '503 pages', behaviour: answer(503), lastsMs: 20_000 },
  { name: "a proxy's 502", behaviour: answer(502), lastsMs: 20_000 },
  {
    name: 'an ingress that lost its backend',
    behaviour: { kind: 'answer', status: 404, body: 'default backend - 404' },
    lastsMs: 15_000,
  },
];

const words = (concurrency: number): readonly string[] => [
  ...['run', 'pairs.csv', '--out', 'run', '--rate', '200', '--timeout', '3s', '--max-outage', '60s'],
  ...['--concurrency', String(concurrency)],
];

/** Nobody is failed or called what they are not, once all is over. */
async function expectAllWell(scene: Scene, exitCode: number | null, stderr: string): Promise<void> {
  expect(exitCode, stderr).toBe(0);
  expect(scene.disagreements('run')).toEqual([]);
  const { counts } = readReport(join(scene.cwd, 'run')).json;
  expect(counts.failed + counts['not-attempted']).toBe(0);
}

describe.concurrent('an outage of 15 to 20 s', { timeout: 180_000 }, () => {
  for (const concurrency of [1, 8, 64]) {
    for (const rows of [3, 600]) {
      it.each(forms)(
        `$name, at concurrency ${concurrency} with ${rows} records`,
        async ({ behaviour, lastsMs }) => {
          const scene = await setScene({ pairs: makePairs(rows) });
          const running = scene.start(words(concurrency), { limitMs: 110_000 });
          await scene.server.arrived(Math.min(2, rows) * (rows > 3 ? 60 : 1));
          scene.server.follow(() => behaviour);
          const before = scene.server.requests.length;
          await sleep(lastsMs);
          const during = scene.server.requests.length - before;
          scene.server.follow(() => undefined);

          const { exitCode, stderr } = await running.ended;

          await expectAllWell(scene, exitCode, stderr);
          expect(during).toBeLessThanOrEqual(concurrency + 40);
        },
      );
    }
  }

  it.each([1, 8, 64])('flapping, 1 s up and 3 s down, at concurrency %i', async (concurrency) => {
    const scene = await setScene({ pairs: makePairs(200) });
    const beganAt = performance.now();
    scene.server.follow(() =>
      (performance.now() - beganAt) % 4_000 < 1_000 ? undefined : { kind: 'reset-before' },
    );
    const { exitCode, stderr } = await scene.start(words(concurrency), { limitMs: 110_000 }).ended;
    await expectAllWell(scene, exitCode, stderr);
  });
});
