import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { startTeller, type Teller } from '../../src/io/teller.ts';
import type { Telling } from '../../src/io/telling.ts';
import { startWatcherServer, type WatcherServer } from '../support/watcher-server.ts';

const program = new URL('../../dist/tell-watchers.js', import.meta.url);
const proxies = { httpProxy: '', httpsProxy: '', noProxy: '' };
const soon = { timeout: 20_000 };
const closers: (() => unknown)[] = [];

afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

function start(
  options: { limitMs?: number; program?: URL; environment?: Record<string, string> } = {},
): Teller {
  const teller = startTeller({ program, environment: {}, limitMs: 20_000, ...options });
  closers.push(teller.close);
  return teller;
}

async function watcher(status?: number | 'hang' | 'stall'): Promise<WatcherServer> {
  const server = await startWatcherServer(status);
  closers.push(server.close);
  return server;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function post(address: string): Telling {
  return { kind: 'post', post: { address, contentType: 'text/plain', text: 'a word' }, proxies };
}

describe('a teller', () => {
  it('tells one while another hangs, and gives that one up', async () => {
    const [hangs, answers] = [await watcher('hang'), await watcher()];
    const teller = start();
    const hanging = teller.tell(post(hangs.url));
    await teller.tell(post(answers.url));
    expect(answers.told.map(({ body }) => body)).toEqual(['a word']);
    teller.close();
    await expect(hanging).rejects.toThrow('it did not answer in time');
    await expect(teller.tell(post(answers.url))).rejects.toThrow('it did not answer in time');
  });

  it('gives up by itself what hangs', async () => {
    const { url } = await watcher('hang');
    await expect(start({ limitMs: 300 }).tell(post(url))).rejects.toThrow('it did not answer in time');
  });

  it('ends its process, even one that does nothing but turn round', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'offboard-teller-'));
    closers.push(() => rmSync(folder, { recursive: true }));
    const [turning, pidFile] = [join(folder, 'turns.mjs'), join(folder, 'pid')];
    writeFileSync(
      turning,
      `import fs from 'node:fs'; fs.writeFileSync('${pidFile}', String(process.pid)); for (const until = Date.now() + 30_000; Date.now() < until; );`,
    );
    const teller = start({ program: pathToFileURL(turning) });
    await expect.poll(() => existsSync(pidFile) && readFileSync(pidFile, 'utf8'), soon).toBeTruthy();
    const pid = Number(readFileSync(pidFile, 'utf8'));
    expect(isAlive(pid)).toBe(true);
    teller.close();
    await expect.poll(() => isAlive(pid), soon).toBe(false);
  });

  it.each([
    { status: 302, because: 'it answered 302' },
    { status: 500, because: 'it answered 500' },
  ])('says that a watcher answered $status', async ({ status, because }) => {
    const { url } = await watcher(status);
    await expect(start().tell(post(url))).rejects.toThrow(because);
  });

  it('takes a watcher for told once it has said so, whatever becomes of the rest of its answer', async () => {
    const { url } = await watcher('stall');
    await expect(start().tell(post(url))).resolves.toBeUndefined();
  });

  it('says why a file could not be written', async () => {
    const telling: Telling = { kind: 'termination-log', path: '/no/such/folder/log', line: '{}' };
    await expect(start().tell(telling)).rejects.toThrow('ENOENT');
  });

  it('says why its process cannot be started', async () => {
    // More than the system lets a process have.
    const environment = { TOO_LONG: 'x'.repeat(4_000_000) };
    await expect(start({ environment }).tell(post('http://127.0.0.1:9'))).rejects.toThrow('E2BIG');
  });

  it('says so where its process ends', async () => {
    const teller = start({ program: new URL('missing.js', program) });
    await expect(teller.tell(post('http://127.0.0.1:9'))).rejects.toThrow('ended with 1');
    await expect(teller.tell(post('http://127.0.0.1:9'))).rejects.toThrow('ended with 1');
  });
});
