import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, ProxyAgent, request } from 'undici';
import { afterEach, expect, it } from 'vitest';
import {
  isUnderMaintenance,
  neverAnswers,
  refusesWith,
  removesFor,
  resetsConnection,
  showsPage,
  throttles,
} from './api-handlers.ts';
import type { Behaviour } from './behaviour.ts';
import { startConnectProxy } from './connect-proxy.ts';
import { startMswLoopback } from './msw-loopback.ts';
import { makeThrowAwayCertificate } from './throw-away-certificate.ts';
import { startTruthServer, type TruthServerOptions, truthKey } from './truth-server.ts';

const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function start(options: Partial<TruthServerOptions> = {}) {
  const server = await startTruthServer({ members: ['1/7', '1/8', '2/7'], ...options });
  closers.push(server.close);
  return server;
}

/** An `AbortError`, or its code. */
const givenUp = /^(20|AbortError)$/;

/** What a client gets: the status and the body, or the error's code. */
async function remove(
  url: string,
  pair: string,
  key = truthKey,
  signal = AbortSignal.timeout(20_000),
): Promise<string> {
  const [workspace, user] = pair.split('/');
  const path = `/api/v3/instance/workspaces/${workspace}/members/users/${user}`;
  try {
    const { statusCode, body } = await request(`${url}${path}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${key}` },
      signal,
    });
    return `${statusCode} ${await body.text()}`.slice(0, 60).trim();
  } catch (error) {
    return String((error as { code?: unknown }).code ?? (error as Error).name);
  }
}

/** What a client gets that waits for half a second from when the server has seen it, and then gives up. */
async function removeInVain(url: string, seen: () => Promise<unknown>): Promise<string> {
  const givingUp = new AbortController();
  const heard = remove(url, '1/7', truthKey, givingUp.signal);
  await seen();
  await sleep(500);
  givingUp.abort();
  return heard;
}

it('keeps the truth and notes what it was asked', async () => {
  const server = await start({ forbidden: [2] });
  expect(await remove(server.url, '1/7')).toBe('204');
  expect(await remove(server.url, '1/7')).toMatch(/^404 /);
  expect(await remove(server.url, '2/7')).toMatch(/^403 /);
  expect(await remove(server.url, '1/8', 'wrong')).toMatch(/^401 /);
  expect([...server.members]).toEqual(['1/8', '2/7']);
  expect(server.requests.map(({ pair, nth, answered, removed }) => [pair, nth, answered, removed])).toEqual([
    ['1/7', 1, 204, true],
    ['1/7', 2, 404, false],
    ['2/7', 1, 403, false],
    ['1/8', 1, 401, false],
  ]);
  server.acceptKey('wrong');
  expect(await remove(server.url, '1/8', 'wrong')).toBe('204');
  await server.arrived(5);
});

it.each<[Behaviour, RegExp, boolean]>([
  [
    { kind: 'answer', status: 429, headers: { 'retry-after': '1' }, body: { detail: 'slow' } },
    /^429 \{/,
    false,
  ],
  [{ kind: 'answer', status: 500, body: 'text', acts: true }, /^500 text/, true],
  [{ kind: 'reset-before' }, /ECONNRESET|UND_ERR_SOCKET/, false],
  [{ kind: 'reset-after' }, /ECONNRESET|UND_ERR_SOCKET/, true],
  [{ kind: 'cut-body', status: 404 }, /UND_ERR_SOCKET|ECONNRESET/, false],
  [{ kind: 'http10' }, /^204/, true],
  [{ kind: 'big-body', status: 404, bytes: 100_000 }, /^404 \{"detail":"xxx/, false],
  [{ kind: 'sign-in-page', status: 200 }, /^200 <!doctype/, false],
  [{ kind: 'no-http', bytes: 'SSH-2.0-OpenSSH_9\r\n' }, /^HTTPParserError$/, false],
  [{ kind: 'usual', afterMs: 20 }, /^204/, true],
])('plays %o', async (behaviour, seenAs, isRemoved) => {
  const server = await start({ script: () => behaviour });
  expect(await remove(server.url, '1/7')).toMatch(seenAs);
  expect(server.members.has('1/7')).toBe(!isRemoved);
  expect(server.requests[0]?.removed).toBe(isRemoved);
});

it.each<[Behaviour, boolean]>([
  [{ kind: 'hang', acts: true }, true],
  [{ kind: 'endless-chunks', status: 200 }, false],
])('plays %o, until the client gives up', async (behaviour, isRemoved) => {
  const server = await start({ script: () => behaviour });
  expect(await removeInVain(server.url, () => server.arrived(1))).toMatch(givenUp);
  expect(server.members.has('1/7')).toBe(!isRemoved);
  expect(server.requests[0]?.removed).toBe(isRemoved);
});

it('speaks TLS with a certificate that nobody trusts unless told to', async () => {
  const certificate = makeThrowAwayCertificate();
  const server = await start({ tls: certificate });
  expect(await remove(server.url, '1/7')).toBe('DEPTH_ZERO_SELF_SIGNED_CERT');
  const trusting = new Agent({ connect: { ca: certificate.cert } });
  closers.push(() => trusting.close());
  const path = '/api/v3/instance/workspaces/1/members/users/7';
  const { statusCode } = await request(`${server.url}${path}`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${truthKey}` },
    dispatcher: trusting,
  });
  expect(statusCode).toBe(204);
});

it('tunnels through a proxy that wants a password', async () => {
  const server = await start();
  const proxy = await startConnectProxy({ credentials: 'ada:secret' });
  closers.push(proxy.close);
  const through = (token: string) => {
    const agent = new ProxyAgent({ uri: proxy.url, token: `Basic ${btoa(token)}`, proxyTunnel: true });
    closers.push(() => agent.close());
    return request(`${server.url}/`, { dispatcher: agent });
  };
  await expect(through('ada:wrong')).rejects.toThrow();
  expect((await through('ada:secret')).statusCode).toBe(404);
  expect(proxy.asked).toHaveLength(2);
  expect(server.strangers).toEqual(['GET /']);
});

it('serves msw handlers to undici’s own sockets', async () => {
  const server = await startMswLoopback(removesFor(truthKey));
  closers.push(server.close);
  expect(await remove(server.url, '1/7')).toBe('204');
  expect(await remove(server.url, '1/7', 'wrong')).toMatch(/^401 /);
  expect(server.unanswered).toEqual([]);
  expect(server.seen).toHaveLength(2);
});

it.each([
  [
    'refusesWith',
    refusesWith(403, 'permission_denied'),
    /^403 \{"id":null,"code":403,"error":"permission_denied"/,
  ],
  ['throttles', throttles('7'), /^429 \{"detail":"Request was throttled\."\}$/],
  ['isUnderMaintenance', isUnderMaintenance(), /^503 \{"error":"service_maintenance"/],
  ['showsPage', showsPage(200), /^200 <h1>/],
  ['resetsConnection', resetsConnection(), /ECONNRESET|UND_ERR_SOCKET/],
])('puts a handler in front of the present ones: %s', async (_, handler, seenAs) => {
  const server = await startMswLoopback(removesFor(truthKey));
  closers.push(server.close);
  server.use(handler);
  expect(await remove(server.url, '1/7')).toMatch(seenAs);
});

it('puts a handler in front of the present ones: neverAnswers', async () => {
  const server = await startMswLoopback(removesFor(truthKey));
  closers.push(server.close);
  server.use(neverAnswers());
  const seen = () => expect.poll(() => server.seen, { timeout: 20_000 }).toHaveLength(1);
  expect(await removeInVain(server.url, seen)).toMatch(givenUp);
});
