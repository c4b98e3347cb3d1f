import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findSecret } from '../support/find-secret.ts';
import type { Ended } from '../support/run-offboard.ts';
import { clearScenes, makePairs, type Scene, setScene } from '../support/set-scene.ts';

afterAll(clearScenes);

const key = 'pk-live-7Q/a+b=c&d"e';
const pairs = makePairs(30, 5);
const run = ['run', 'pairs.csv', '--out', 'run', '--log-level', 'debug', '--max-outage', '1s'];
const withKey = { env: { PARADIGM_API_KEY: key } };

function expectHidden(scene: Scene, { stdout, stderr }: Ended): void {
  expect(findSecret(key, scene.cwd, { stdout, stderr })).toEqual([]);
}

describe.concurrent('the API key stands nowhere', { timeout: 30_000 }, () => {
  it.each([
    { name: 'a 404 that echoes it', status: 404 },
    { name: 'a 403 that echoes it', status: 403 },
    { name: 'a 409 that echoes it', status: 409 },
    { name: 'a 401 that echoes it', status: 401 },
    { name: 'a 500 that echoes it', status: 500 },
  ])('after $name', async ({ status }) => {
    const scene = await setScene({ pairs });
    scene.server.acceptKey(key);
    const body = JSON.stringify({
      error: `refused ${key}`,
      detail: `Bearer ${key} in ?k=${encodeURIComponent(key)}: ${'x'.repeat(480)}${key}`,
    });
    scene.server.follow(() => ({
      kind: 'answer',
      status,
      headers: { 'content-type': 'application/json' },
      body,
    }));
    const ended = await scene.run(run, withKey);
    expect(scene.server.requests.length).toBeGreaterThan(0);
    expectHidden(scene, ended);
  });

  it('in what a good run writes, at the level debug', async () => {
    const scene = await setScene({ pairs });
    scene.server.acceptKey(key);
    const ended = await scene.run(run, withKey);
    expect(ended.exitCode).toBe(0);
    expectHidden(scene, ended);
  });

  it('in a usage error, nor where a flag is tried for it', async () => {
    const scene = await setScene({ pairs });
    for (const words of [['--api-key', key], [`--api-key=${key}`], [`--key=${key}`], ['--rate', 'x']]) {
      const ended = await scene.run([...run, ...words], withKey);
      expect(ended.exitCode).toBe(2);
      expectHidden(scene, ended);
    }
  });

  it('in a defect with its stack', async () => {
    const scene = await setScene({ pairs });
    writeFileSync(
      join(scene.cwd, 'break.mjs'),
      'Date.prototype.toISOString = () => { throw new Error("broken clock"); };\n',
    );
    const ended = await scene.run(run, {
      ...withKey,
      nodeArguments: ['--import', join(scene.cwd, 'break.mjs')],
    });
    expect(ended.exitCode).toBe(1);
    expect(ended.stderr).toContain('this is a defect');
    expectHidden(scene, ended);
  });

  it('nor does the password of a proxy', async () => {
    const scene = await setScene({ pairs });
    const proxy = `http://user:${encodeURIComponent(key)}@127.0.0.1:9`;
    const ended = await scene.run(run, {
      env: { PARADIGM_API_KEY: 'k-1', HTTP_PROXY: proxy, HTTPS_PROXY: proxy },
    });
    expect([21, 23]).toContain(ended.exitCode);
    expectHidden(scene, ended);
  });
});
