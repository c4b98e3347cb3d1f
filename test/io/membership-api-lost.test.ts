import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Pair } from '../../src/effects.ts';
import { neverAnswers, resetsConnection } from '../support/api-handlers.ts';
import type { Behaviour } from '../support/behaviour.ts';
import { startMswLoopback } from '../support/msw-loopback.ts';
import { startRawServer } from '../support/raw-server.ts';
import { makeThrowAwayCertificate } from '../support/throw-away-certificate.ts';
import { startTruthServer, truthKey } from '../support/truth-server.ts';
import { apiFor, closedAfter } from './api-in-test.ts';

const pair: Pair = { workspace: 1, user: 7 };
const shortMs = 150;
/** Where something has to have come about before the time is over, on a busy machine too. */
const ampleMs = 3_000;

async function serverThat(behaviour: Behaviour) {
  return closedAfter(await startTruthServer({ members: ['1/7'], script: () => behaviour }));
}

/** A port where nobody listens: it was free a moment ago. */
async function closedPort(): Promise<number> {
  const server = await startRawServer();
  await server.close();
  return server.port;
}

describe('a request that surely never arrived', () => {
  it('was refused a connection', async () => {
    const reply = await apiFor(`http://127.0.0.1:${await closedPort()}`).remove(pair, 'k').reply;
    expect(reply).toEqual({
      kind: 'lost',
      because: 'connection-refused',
      code: 'ECONNREFUSED',
      mayHaveArrived: false,
    });
  });

  it('was refused by every address of a host', async () => {
    const reply = await apiFor(`http://localhost:${await closedPort()}`).remove(pair, 'k').reply;
    expect(reply).toMatchObject({ because: 'connection-refused', mayHaveArrived: false });
  });

  it('has a host that no name server can know', async () => {
    // A label is at most 63 characters long (RFC 1035): nobody is asked.
    const reply = await apiFor(`http://${'a'.repeat(64)}.example`).remove(pair, 'k').reply;
    expect(reply).toMatchObject({ because: 'host-unknown', code: 'ENOTFOUND', mayHaveArrived: false });
  });

  it('met a certificate that nobody vouches for', async () => {
    const server = closedAfter(await startTruthServer({ members: [], tls: makeThrowAwayCertificate() }));
    expect(await apiFor(server.url).remove(pair, 'k').reply).toEqual({
      kind: 'lost',
      because: 'tls',
      code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
      mayHaveArrived: false,
    });
    expect(server.requests).toEqual([]);
  });

  it('wanted TLS of a server that speaks plain HTTP', async () => {
    const server = closedAfter(await startTruthServer({ members: [] }));
    const reply = await apiFor(server.url.replace('http:', 'https:')).remove(pair, 'k').reply;
    expect(reply).toMatchObject({ because: 'not-http', mayHaveArrived: false });
  });

  it('was cut off in the handshake', async () => {
    const server = closedAfter(await startRawServer());
    const api = apiFor(`https://127.0.0.1:${server.port}`);
    const { reply } = api.remove(pair, 'k');
    await server.connected(1);
    await server.close();
    expect(await reply).toMatchObject({ because: 'connection-lost', mayHaveArrived: false });
  });

  it('timed out while the handshake was not answered', async () => {
    const server = closedAfter(await startRawServer());
    const api = apiFor(`https://127.0.0.1:${server.port}`, { timeoutMs: shortMs });
    expect(await api.remove(pair, 'k').reply).toEqual({
      kind: 'lost',
      because: 'timeout',
      code: 'TIMEOUT',
      mayHaveArrived: false,
    });
  });

  it('timed out while it waited for its turn on a connection, and is not sent afterwards', async () => {
    const server = await serverThat({ kind: 'hang' });
    const api = apiFor(server.url, { timeoutMs: ampleMs, concurrency: 1 });
    // Both at one instant: a first that times out earlier makes room for the second.
    const now = vi.spyOn(performance, 'now').mockReturnValue(performance.now());
    const first = api.remove(pair, truthKey).reply;
    const second = api.remove({ workspace: 1, user: 8 }, truthKey).reply;
    now.mockRestore();
    expect(await first).toMatchObject({ because: 'timeout', mayHaveArrived: true });
    expect(await second).toMatchObject({ because: 'timeout', mayHaveArrived: false });
    server.follow(() => undefined);
    expect(await api.remove(pair, truthKey).reply).toMatchObject({ status: 204 });
    expect(server.requests.map(({ pair: asked }) => asked)).toEqual(['1/7', '1/7']);
  });

  it('was given up before it had a connection', async () => {
    const server = closedAfter(await startTruthServer({ members: ['1/7'] }));
    const api = apiFor(server.url);
    const attempt = api.remove(pair, truthKey);
    attempt.abort();
    expect(await attempt.reply).toEqual({
      kind: 'lost',
      because: 'aborted',
      code: 'ABORTED',
      mayHaveArrived: false,
    });
    // The next one shares the connection that the first one had asked for.
    await api.remove({ workspace: 1, user: 8 }, truthKey).reply;
    expect(server.requests.map(({ pair: asked }) => asked)).toEqual(['1/8']);
  });
});

describe('a request to a server that accepts no more connections', () => {
  let sockets: Socket[] = [];
  afterEach(() => {
    for (const socket of sockets) socket.destroy();
    sockets = [];
  });

  it('timed out while it was connecting', async () => {
    const script = `require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, function () {
      console.log(this.address().port); })`;
    const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      const [line] = await once(child.stdout, 'data');
      const port = Number(String(line));
      // Halted, it accepts nothing: the system keeps two connections for it and lets all others wait.
      child.kill('SIGSTOP');
      sockets = Array.from({ length: 4 }, () => connect(port, '127.0.0.1').on('error', () => undefined));
      await Promise.all(sockets.slice(0, 2).map((socket) => once(socket, 'connect')));
      const api = apiFor(`http://127.0.0.1:${port}`, { timeoutMs: shortMs });
      expect(await api.remove(pair, 'k').reply).toMatchObject({ because: 'timeout', mayHaveArrived: false });
    } finally {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  });
});

describe('a request that may have arrived', () => {
  it('was reset by an API that had got it', async () => {
    const server = closedAfter(await startMswLoopback(resetsConnection()));
    expect(await apiFor(server.url).remove(pair, 'k').reply).toMatchObject({
      because: 'connection-lost',
      mayHaveArrived: true,
    });
    expect(server.seen).toHaveLength(1);
  });

  it.each<{ behaviour: Behaviour; because: string }>([
    { behaviour: { kind: 'reset-before' }, because: 'connection-lost' },
    { behaviour: { kind: 'reset-after' }, because: 'connection-lost' },
    { behaviour: { kind: 'no-http', bytes: '' }, because: 'connection-lost' },
    { behaviour: { kind: 'no-http', bytes: 'HTTP/1.1 2' }, because: 'connection-lost' },
    { behaviour: { kind: 'no-http', bytes: 'SSH-2.0-OpenSSH_9\r\n' }, because: 'not-http' },
    { behaviour: { kind: 'no-http', bytes: '<html>Hello</html>' }, because: 'not-http' },
    { behaviour: { kind: 'no-http', bytes: '\x15\x03\x01\0\x02\x02\x16' }, because: 'not-http' },
  ])('met $behaviour: $because', async ({ behaviour, because }) => {
    const server = await serverThat(behaviour);
    const reply = await apiFor(server.url).remove(pair, truthKey).reply;
    expect(reply).toMatchObject({ kind: 'lost', because, mayHaveArrived: true });
  });

  it('was never answered within the time', async () => {
    const server = closedAfter(await startMswLoopback(neverAnswers()));
    const reply = await apiFor(server.url, { timeoutMs: ampleMs }).remove(pair, 'k').reply;
    expect(reply).toMatchObject({ because: 'timeout', mayHaveArrived: true });
  });

  it('was given up after it had been sent', async () => {
    const server = await serverThat({ kind: 'hang', acts: true });
    const attempt = apiFor(server.url).remove(pair, truthKey);
    await server.arrived(1);
    attempt.abort();
    attempt.abort();
    expect(await attempt.reply).toMatchObject({ because: 'aborted', mayHaveArrived: true });
    expect(server.members.has('1/7')).toBe(false);
  });
});

describe('an answer whose body is lost', () => {
  it.each<{ name: string; behaviour: Behaviour }>([
    { name: 'breaks off', behaviour: { kind: 'cut-body', status: 404 } },
    { name: 'does not end within the time', behaviour: { kind: 'endless-chunks', status: 404 } },
  ])('keeps its status where the body $name', async ({ behaviour }) => {
    const server = await serverThat(behaviour);
    const api = apiFor(server.url, { timeoutMs: ampleMs, concurrency: 1 });
    expect(await api.remove(pair, truthKey).reply).toMatchObject({ status: 404, body: { kind: 'broken' } });
    server.follow(() => undefined);
    expect(await api.remove(pair, truthKey).reply).toMatchObject({ status: 204 });
  });

  it('keeps its status where we give up in the middle of it', async () => {
    const server = closedAfter(
      await startRawServer((socket) => void socket.write('HTTP/1.1 403 No\r\nContent-Length: 9\r\n\r\n{"de')),
    );
    const attempt = apiFor(server.url, { timeoutMs: ampleMs }).remove(pair, 'k');
    expect(await attempt.reply).toMatchObject({ status: 403, body: { kind: 'broken' } });
  });
});

it('goes on over a new connection where the server has closed the old one', async () => {
  const server = closedAfter(
    await startTruthServer({ members: ['1/7', '1/8'], script: () => ({ kind: 'http10' }) }),
  );
  const api = apiFor(server.url, { concurrency: 1 });
  expect(await api.remove(pair, truthKey).reply).toMatchObject({ status: 204 });
  expect(await api.remove({ workspace: 1, user: 8 }, truthKey).reply).toMatchObject({ status: 204 });
  expect(server.connections).toBe(2);
});

it('lets a handshake go that is not answered once it is closed', async () => {
  const server = closedAfter(await startRawServer());
  const api = apiFor(`https://127.0.0.1:${server.port}`, { timeoutMs: 600_000 });
  const { reply } = api.remove(pair, 'k');
  await server.connected(1);
  await api.close();
  await server.deserted();
  expect(await reply).toMatchObject({ kind: 'lost', mayHaveArrived: false });
});

it('leaves nothing running once it is closed', async () => {
  const server = await serverThat({ kind: 'hang' });
  const api = apiFor(server.url);
  const { reply } = api.remove(pair, truthKey);
  await server.arrived(1);
  await api.close();
  expect(await reply).toMatchObject({ kind: 'lost', mayHaveArrived: true });
});
