import { afterEach, describe, expect, it } from 'vitest';
import { startTeller, type Teller } from '../../src/io/teller.ts';
import type { Telling } from '../../src/io/telling.ts';
import { startWatcherServer, type WatcherServer } from '../support/watcher-server.ts';

const program = new URL('../../dist/tell-watchers.js', import.meta.url);
const proxies = { httpProxy: '', httpsProxy: '', noProxy: '' };
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

function post(address: string): Telling {
  return { kind: 'post', post: { address, contentType: 'text/plain', text: 'a word' }, proxies };
}

describe('a teller', () => {
  it('tells one while another hangs, and gives that one up', async () => {
    const [hangs, answers] = [await watcher('hang'), await watcher()];
    const teller = start({ limitMs: 1_500 });
    const hanging = teller.tell(post(hangs.url));
    await Promise.all([
      teller.tell(post(answers.url)),
      expect(hanging).rejects.toThrow('it did not answer in time'),
    ]);
    expect(answers.told.map(({ body }) => body)).toEqual(['a word']);
    await expect(teller.tell(post(answers.url))).rejects.toThrow('it did not answer in time');
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

  it('says so where its process ends', async () => {
    const teller = start({ program: new URL('missing.js', program) });
    await expect(teller.tell(post('http://127.0.0.1:9'))).rejects.toThrow('ended with 1');
    await expect(teller.tell(post('http://127.0.0.1:9'))).rejects.toThrow('ended with 1');
  });
});
