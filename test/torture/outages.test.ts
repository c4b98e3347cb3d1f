import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import type { Behaviour } from '../support/behaviour.ts';
import { readReport } from '../support/read-report.ts';
import type { Ended } from '../support/run-offboard.ts';
import { clearScenes, makePairs, type Scene, setScene } from '../support/set-scene.ts';
import { startTruthServer, type TruthServer } from '../support/truth-server.ts';

afterAll(clearScenes);

interface Form {
  readonly name: string;
  /** What requests meet; undefined where nobody listens any more. */
  readonly behaviour: Behaviour | undefined;
  readonly lastsMs: number;
}

const answer = (status: number): Behaviour => ({
  kind: 'answer',
  status,
  headers: { 'content-type': 'text/html' },
  body: '<h1>Not now</h1>',
});
const refused: Form = { name: 'connections refused', behaviour: undefined, lastsMs: 20_000 };
const reset: Form = { name: 'connections reset', behaviour: { kind: 'reset-before' }, lastsMs: 20_000 };
const forms: readonly Form[] = [
  refused,
  reset,
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

const words = (concurrency: number, rate = '200'): readonly string[] => [
  ...['run', 'pairs.csv', '--out', 'run', '--rate', rate, '--timeout', '3s', '--max-outage', '60s'],
  ...['--concurrency', String(concurrency)],
];

type Witness = Pick<TruthServer, 'members' | 'requests'>;

/** The instance is away for as long as the form lasts; who saw its requests, before and after. */
async function goAway({ server }: Scene, { behaviour, lastsMs }: Form): Promise<Witness> {
  if (behaviour !== undefined) {
    server.follow(() => behaviour);
    await sleep(lastsMs);
    server.follow(() => undefined);
    return server;
  }
  await server.close();
  await sleep(lastsMs);
  const successor = await startTruthServer({
    members: server.members,
    port: Number(new URL(server.url).port),
  });
  return {
    members: successor.members,
    get requests() {
      return [...server.requests, ...successor.requests];
    },
  };
}

/** Nobody is failed or called what they are not, and few requests were spent on the dead instance. */
async function expectAllWell(
  scene: Scene,
  ended: Promise<Ended>,
  witness: Witness,
  spare: number,
): Promise<void> {
  const { exitCode, stderr } = await ended;
  expect(exitCode, stderr).toBe(0);
  expect(scene.disagreements('run', witness)).toEqual([]);
  const { counts, requests } = readReport(join(scene.cwd, 'run')).json;
  expect(counts.failed + counts['not-attempted']).toBe(0);
  const useful = counts.removed + counts['not-found'];
  expect(requests.sent - useful, 'thrown at the dead instance').toBeLessThanOrEqual(spare);
}

describe.concurrent('an outage of 15 to 20 s', { timeout: 300_000 }, () => {
  for (const concurrency of [1, 8, 64]) {
    for (const rows of [3, 600]) {
      it.each(forms)(`$name, at concurrency ${concurrency} with ${rows} records`, async (form) => {
        const scene = await setScene({ pairs: makePairs(rows) });
        const running = scene.start(words(concurrency), { limitMs: 150_000 });
        await scene.server.arrived(rows > 3 ? 120 : 2);
        const witness = await goAway(scene, form);
        await expectAllWell(scene, running.ended, witness, concurrency + 40);
      });
    }
  }

  it.each(forms)('$name, at concurrency 64 with 20,000 records and no rate', async (form) => {
    const scene = await setScene({ pairs: makePairs(20_000) });
    const running = scene.start(words(64, 'off'), { limitMs: 200_000 });
    await scene.server.arrived(3_000);
    const witness = await goAway(scene, form);
    await expectAllWell(scene, running.ended, witness, 64 + 40);
  });

  it.each([refused, reset])('$name before the first request', async (form) => {
    const scene = await setScene({ pairs: makePairs(200) });
    const away = goAway(scene, form);
    const running = scene.start(words(8), { limitMs: 150_000 });
    await expectAllWell(scene, running.ended, await away, 8 + 40);
  });

  it.each([refused, reset])('$name on the last record', async (form) => {
    const scene = await setScene({ pairs: makePairs(200) });
    let away: Promise<Witness> | undefined;
    scene.server.follow(({ nth, index }) => {
      if (index < 199 || nth > 1) return undefined;
      away = goAway(scene, form);
      return { kind: 'reset-before' };
    });
    const running = scene.start(words(8), { limitMs: 150_000 });
    await scene.server.arrived(200);
    await expectAllWell(scene, running.ended, (await away) ?? scene.server, 8 + 40);
  });

  it.each([1, 8, 64])('flapping, 1 s up and 3 s down, at concurrency %i', async (concurrency) => {
    const scene = await setScene({ pairs: makePairs(200) });
    const beganAt = performance.now();
    scene.server.follow(() =>
      (performance.now() - beganAt) % 4_000 < 1_000 ? undefined : { kind: 'reset-before' },
    );
    const { exitCode, stderr } = await scene.start(words(concurrency), { limitMs: 150_000 }).ended;
    expect(exitCode, stderr).toBe(0);
    expect(scene.disagreements('run')).toEqual([]);
  });
});
