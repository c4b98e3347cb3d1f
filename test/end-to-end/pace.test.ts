import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { startConnectProxy } from '../support/connect-proxy.ts';
import { readReport } from '../support/read-report.ts';
import { clearScenes, makePairs, setScene } from '../support/set-scene.ts';

afterAll(clearScenes);

const run = ['run', 'pairs.csv', '--out', 'run'];
/** How far arrivals may be squeezed together on the way, in milliseconds. */
const squeezeMs = 250;

// These assert that nothing comes too early: a slow machine makes them no less true.
describe.concurrent('requests', () => {
  it('come no faster than --rate says, retries included', async () => {
    const scene = await setScene({
      pairs: makePairs(60),
      script: ({ nth }) => (nth === 1 ? { kind: 'answer', status: 408 } : undefined),
    });
    const { exitCode } = await scene.run([...run, '--rate', '50', '--concurrency', '2']);
    expect(exitCode).toBe(0);
    const arrivals = scene.server.requests.map(({ arrivedAt }) => arrivedAt);
    expect(arrivals).toHaveLength(120);
    for (const [index, arrivedAt] of arrivals.entries()) {
      const later = arrivals.filter((at) => at >= arrivedAt && at < arrivedAt + 1_000 - squeezeMs);
      // Where this process stalls, the two that are under way meanwhile arrive with the next.
      expect(later.length, `from request ${index} on`).toBeLessThanOrEqual(51 + 2);
    }
  });

  it('come no faster than --rate says where their connections come up late and all at once', async () => {
    const scene = await setScene({ pairs: makePairs(30) });
    let openNow: (at: Promise<number>) => void;
    const open = new Promise<number>((resolve) => {
      openNow = resolve;
    });
    const proxy = await startConnectProxy({
      opensAfter: () => {
        if (proxy.asked.length === 8) openNow(sleep(500).then(() => performance.now()));
        return open;
      },
    });
    try {
      const { exitCode } = await scene.run([...run, '--rate', '10'], { env: { HTTP_PROXY: proxy.url } });
      expect(exitCode).toBe(0);
      expect(proxy.asked).toHaveLength(8);
      // None can have been sent before that: here the way squeezes nothing.
      const openAt = await open;
      const soon = scene.server.requests.filter(({ arrivedAt }) => arrivedAt < openAt + 1_000);
      expect(soon.length).toBeLessThanOrEqual(11);
    } finally {
      await proxy.close();
    }
  });

  it.each([
    { name: 'seconds', headers: () => ({ 'retry-after': '1' }) },
    { name: 'a fraction of a second', headers: () => ({ 'retry-after': '0.8' }) },
    {
      // The clock of this server is an hour slow; only what lies between its two instants counts.
      name: 'a date by the clock of the server',
      headers: () => {
        const date = Math.floor(Date.now() / 1_000) * 1_000 - 3_600_000;
        return { date: new Date(date).toUTCString(), 'retry-after': new Date(date + 1_000).toUTCString() };
      },
    },
  ])('come no sooner than Retry-After asks in $name, whoever was told', async ({ headers }) => {
    const scene = await setScene({
      pairs: makePairs(80),
      script: ({ index }) =>
        index === 40 ? { kind: 'answer', status: 429, headers: headers() } : { kind: 'usual', afterMs: 10 },
    });
    const { exitCode } = await scene.run([...run, '--concurrency', '4']);
    expect(exitCode).toBe(0);
    expect(scene.disagreements('run')).toEqual([]);
    expect(readReport(join(scene.cwd, 'run')).json.requests.throttled).toBe(1);
    const [toldAt = 0, ...after] = scene.server.requests.slice(40).map(({ arrivedAt }) => arrivedAt);
    // Three more may have been under way; then nobody comes for as long as was asked.
    const tooEarly = after.filter((at) => at < toldAt + 795);
    expect(tooEarly.length).toBeLessThanOrEqual(3);
  });
});
