import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import type { Behaviour } from '../support/behaviour.ts';
import { readReport } from '../support/read-report.ts';
import { clearScenes, makePairs, type Scene, setScene } from '../support/set-scene.ts';
import { startTruthServer, type TruthServer } from '../support/truth-server.ts';

afterAll(clearScenes);

const pairs = makePairs(400);
const words = ['run', 'pairs.csv', '--out', 'run', '--rate', '200', '--concurrency', '8'];
/** What may be sent while nobody answers, probes and what was in flight when it began. */
const requestsAtMost = 60;

// These wait far more than they work, so all wait at the same time.
describe.concurrent('an outage in the middle', { timeout: 120_000 }, () => {
  it('connections refused: nothing fails, and few requests are sent', async () => {
    const scene = await setScene({ pairs });
    const running = scene.start([...words, '--max-outage', '30s'], { limitMs: 50_000 });
    await scene.server.arrived(150);
    await scene.server.close();
    await sleep(10_000);
    const successor = await takeOver(scene.server);
    try {
      await expectAllWell(scene, await running.ended, bothOf(scene.server, successor));
      const seen = scene.server.requests.length + successor.requests.length;
      // Nobody saw those that were refused, but they were sent.
      expect(sentOf(scene) - seen).toBeGreaterThan(10);
      expect(sentOf(scene) - seen).toBeLessThanOrEqual(requestsAtMost);
    } finally {
      await successor.close();
    }
  });

  const page = { 'content-type': 'text/html' };
  it.each<{ name: string; lastsMs: number; behaviour: Behaviour; flags: readonly string[] }>([
    { name: 'connections reset', lastsMs: 10_000, behaviour: { kind: 'reset-before' }, flags: [] },
    {
      name: '503 pages',
      lastsMs: 10_000,
      behaviour: { kind: 'answer', status: 503, headers: page, body: '<h1>Back soon</h1>' },
      flags: [],
    },
    {
      name: '500s of the API',
      lastsMs: 4_000,
      behaviour: { kind: 'answer', status: 500, body: { error: 'internal_error', detail: 'Oops.' } },
      flags: [],
    },
    {
      name: 'an ingress that knows no such host',
      lastsMs: 4_000,
      behaviour: { kind: 'answer', status: 404, body: 'default backend - 404' },
      flags: [],
    },
    { name: 'no answers', lastsMs: 4_000, behaviour: { kind: 'hang' }, flags: ['--timeout', '500ms'] },
  ])('$name: nothing fails, and few requests are sent', async ({ lastsMs, behaviour, flags }) => {
    const scene = await setScene({ pairs });
    const running = scene.start([...words, '--max-outage', '30s', ...flags], { limitMs: 50_000 });
    await scene.server.arrived(150);
    scene.server.follow(() => behaviour);
    const before = scene.server.requests.length;
    await sleep(lastsMs);
    const during = scene.server.requests.length - before;
    scene.server.follow(() => undefined);

    await expectAllWell(scene, await running.ended);
    expect(during).toBeGreaterThan(10);
    expect(during).toBeLessThanOrEqual(requestsAtMost);
    // A busy machine may use up the short time for an answer before anything of the request is written.
    if (behaviour.kind === 'hang') expect(sentOf(scene)).toBeGreaterThanOrEqual(scene.server.requests.length);
    else expect(sentOf(scene)).toBe(scene.server.requests.length);
  });
});

describe.concurrent('an instance that is gone for good', { timeout: 120_000 }, () => {
  const flags = ['--max-outage', '2s'];

  it('stops the run in time, and the same command goes on when it is back', async () => {
    const scene = await setScene({ pairs });
    const running = scene.start([...words, ...flags]);
    await scene.server.arrived(100);
    await scene.server.close();

    const { exitCode, stdout } = await running.ended;

    expect(exitCode).toBe(21);
    expect(stdout).toMatch(/^127\.0\.0\.1:\d+ was unreachable for (?:[2-9]|\d\d) s \(ECONNREFUSED\)\./m);
    expect(scene.disagreements('run')).toEqual([]);
    const { json } = readReport(join(scene.cwd, 'run'));
    expect(json.run).toMatchObject({ status: 'stopped', reason: 'outage', exitCode: 21 });
    expect(json.counts.failed).toBe(0);
    expect(json.reasons['not-attempted']).toEqual({ outage: json.counts['not-attempted'] });

    const successor = await takeOver(scene.server);
    try {
      await expectAllWell(scene, await scene.run([...words, ...flags]), bothOf(scene.server, successor));
    } finally {
      await successor.close();
    }
  });

  it('stops the run in time where connections hang longer than the outage may last', async () => {
    const scene = await setScene({ pairs });
    const running = scene.start([...words, ...flags, '--timeout', '1h']);
    await scene.server.arrived(100);
    scene.server.follow(() => ({ kind: 'hang', acts: true }));

    expect((await running.ended).exitCode).toBe(21);
    expect(scene.disagreements('run')).toEqual([]);
    const { json } = readReport(join(scene.cwd, 'run'));
    expect(json.run.reason).toBe('outage');
    expect(json.counts.failed).toBe(0);
    expect(json.perhapsRemoved).toBeGreaterThan(0);

    scene.server.follow(() => undefined);
    await expectAllWell(scene, await scene.run([...words, ...flags]));
  });

  it('never there at all: says so at once, and stops in time with nothing sent', async () => {
    const scene = await setScene({ pairs });
    await scene.server.close();
    const running = scene.start([...words, ...flags]);
    await running.said('ECONNREFUSED');

    const { exitCode } = await running.ended;

    expect(exitCode).toBe(21);
    const { json } = readReport(join(scene.cwd, 'run'));
    expect(json.counts['not-attempted']).toBe(400);
    expect(json.perhapsRemoved).toBe(0);
  });
});

type Witness = Pick<TruthServer, 'members' | 'requests'>;

async function expectAllWell(
  scene: Scene,
  { exitCode, stderr }: { readonly exitCode: number | null; readonly stderr: string },
  witness: Witness = scene.server,
): Promise<void> {
  expect(exitCode, stderr).toBe(0);
  expect(scene.disagreements('run', witness)).toEqual([]);
  expect(readReport(join(scene.cwd, 'run')).json.counts.failed).toBe(0);
}

/** Another server at the same place, with the members that the first one left. */
function takeOver(server: TruthServer): Promise<TruthServer> {
  return startTruthServer({ members: server.members, port: Number(new URL(server.url).port) });
}

function bothOf(first: Witness, second: Witness): Witness {
  return { members: second.members, requests: [...first.requests, ...second.requests] };
}

function sentOf({ cwd }: Scene): number {
  return readReport(join(cwd, 'run')).json.requests.sent;
}
