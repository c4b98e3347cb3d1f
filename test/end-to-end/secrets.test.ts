import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
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

describe.concurrent('the API key stands nowhere', { timeout: 120_000 }, () => {
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

  it.each([
    { name: 'a variable of a wrong name', env: { OFFBOARD_API_KEY: key } },
    { name: 'the place of another option', env: { OFFBOARD_RATE: key } },
    {
      name: 'the user info of the base URL',
      env: { OFFBOARD_BASE_URL: `https://it:${encodeURIComponent(key)}@x` },
    },
    { name: 'the place of the input', env: {}, input: key },
    { name: 'characters that no header can carry', env: { PARADIGM_API_KEY: `${key}\nX-Other: 1` } },
  ])('where it is given as $name', async ({ env, input = 'pairs.csv' }) => {
    const scene = await setScene({ pairs });
    const ended = await scene.run(['run', input, '--out', 'run'], { env: { ...withKey.env, ...env } });
    expect(ended.exitCode).toBe(2);
    expectHidden(scene, ended);
  });

  it('where it is too long for a message to quote all of it', async () => {
    const scene = await setScene({ pairs });
    const long = 'eyJhbGciOiJIUzI1NiJ9'.repeat(5);
    const { exitCode, stderr } = await scene.run([...run, '--rate', long], {
      env: { PARADIGM_API_KEY: long },
    });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('--rate');
    expect(stderr).not.toContain(long.slice(0, 20));
  });

  it.each([
    { name: 'a key of its own', text: `api-key: '${key}'\n` },
    { name: 'a broken line', text: `rate: 5\nkey ${key}\n  - x: [\n` },
  ])('where a job file holds it as $name', async ({ text }) => {
    const scene = await setScene({ pairs });
    writeFileSync(join(scene.cwd, 'job.yaml'), text);
    const ended = await scene.run([...run, '--config', 'job.yaml'], { env: { PARADIGM_API_KEY: 'k-1' } });
    rmSync(join(scene.cwd, 'job.yaml'));
    expect(ended.exitCode).toBe(2);
    expectHidden(scene, ended);
  });

  it('where it comes from a file, and is another one halfway', async () => {
    const scene = await setScene({ pairs });
    const file = join(scene.cwd, 'key');
    writeFileSync(file, 'first-key-0815\n');
    scene.server.acceptKey('first-key-0815');
    scene.server.follow(({ index }) => {
      if (index === 10) {
        scene.server.acceptKey(key);
        writeFileSync(file, key);
      }
      return undefined;
    });
    const env = { PARADIGM_API_KEY: '' };
    const ended = await scene.run([...run, '--api-key-file', 'key', '--concurrency', '1'], { env });
    rmSync(file);
    expect(ended.exitCode, ended.stderr).toBe(0);
    expectHidden(scene, ended);
    expect(findSecret('first-key-0815', scene.cwd, { ...ended, exitCode: '', signal: '' })).toEqual([]);
  });

  it('where the run folder or the report cannot be written', async () => {
    const scene = await setScene({ pairs });
    scene.server.acceptKey(key);
    writeFileSync(join(scene.cwd, 'file'), '');
    const noFolder = await scene.run(['run', 'pairs.csv', '--out', 'file/run'], withKey);
    expect(noFolder.exitCode).toBe(1);
    expectHidden(scene, noFolder);
    scene.server.follow(({ index }) => {
      if (index === 0) mkdirSync(join(scene.cwd, 'run', 'removed.csv', 'in-the-way'), { recursive: true });
      return undefined;
    });
    const noReport = await scene.run(run, withKey);
    expect(noReport.exitCode).toBe(1);
    expectHidden(scene, noReport);
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
