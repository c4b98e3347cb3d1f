import type { Socket } from 'node:net';
import { HttpResponse, http } from 'msw';
import { describe, expect, it } from 'vitest';
import {
  isUnderMaintenance,
  refusesWith,
  removesFor,
  showsPage,
  throttles,
} from '../support/api-handlers.ts';
import { startMswLoopback } from '../support/msw-loopback.ts';
import { startRawServer } from '../support/raw-server.ts';
import { startTruthServer, truthKey } from '../support/truth-server.ts';
import { apiFor, closedAfter } from './api-in-test.ts';

const pair = { workspace: 12, user: 34 };
const anyPath = '*/members/users/:user_id';

/** What a pair's removal comes back with, from an API that answers as this handler does. */
async function replyTo(handler: Parameters<typeof startMswLoopback>[0], key = truthKey) {
  const server = closedAfter(await startMswLoopback(handler));
  const reply = await apiFor(server.url).remove(pair, key).reply;
  expect(server.unanswered).toEqual([]);
  return reply;
}

describe('the request', () => {
  it('is a DELETE with exactly the headers of the contract, and without a body', async () => {
    const server = closedAfter(
      await startRawServer((socket) => void socket.write('HTTP/1.1 204 No Content\r\n\r\n')),
    );
    await apiFor(server.url).remove(pair, 'k-1').reply;
    const [line, ...headers] = server.heads[0]?.split('\r\n') ?? [];
    expect(line).toBe('DELETE /api/v3/instance/workspaces/12/members/users/34 HTTP/1.1');
    expect(headers.map((header) => header.toLowerCase().replace(/ .*/, '')).sort()).toEqual([
      'accept:',
      'authorization:',
      'connection:',
      'host:',
      'user-agent:',
    ]);
    expect(headers).toEqual(
      expect.arrayContaining([
        'authorization: Bearer k-1',
        'user-agent: offboard/1.2.3',
        'accept: application/json',
      ]),
    );
  });

  it.each([
    { base: '', scope: 'company', path: '/api/v3/company/workspaces/12/members/users/34' },
    {
      base: '/paradigm',
      scope: 'instance',
      path: '/paradigm/api/v3/instance/workspaces/12/members/users/34',
    },
    { base: '/a/b/', scope: 'instance', path: '/a/b/api/v3/instance/workspaces/12/members/users/34' },
    {
      base: '/caf%C3%A9',
      scope: 'instance',
      path: '/caf%C3%A9/api/v3/instance/workspaces/12/members/users/34',
    },
  ] as const)('goes to $path for the base URL’s path "$base"', async ({ base, scope, path }) => {
    const server = closedAfter(await startMswLoopback(http.delete('*', () => new HttpResponse())));
    await apiFor(`${server.url}${base}`, { scope }).remove(pair, truthKey).reply;
    expect(server.seen).toEqual([`DELETE ${path}`]);
  });

  it('writes ids up to 9007199254740991 digit by digit', async () => {
    const server = closedAfter(await startMswLoopback(removesFor(truthKey)));
    const largest = { workspace: Number.MAX_SAFE_INTEGER, user: 1 };
    await apiFor(server.url).remove(largest, truthKey).reply;
    expect(server.seen).toEqual(['DELETE /api/v3/instance/workspaces/9007199254740991/members/users/1']);
  });

  it('bears the key it is given, also after it has changed', async () => {
    const server = closedAfter(await startTruthServer({ members: [] }));
    const api = apiFor(server.url);
    for (const key of ['first', 'first', 'second']) await api.remove(pair, key).reply;
    expect(server.requests.map(({ key }) => key)).toEqual(['first', 'first', 'second']);
  });
});

describe('the reply', () => {
  it('is the status alone for 204', async () => {
    expect(await replyTo(removesFor(truthKey))).toMatchObject({ status: 204, body: { kind: 'empty' } });
  });

  it.each([401, 403, 404, 410, 500, 502])('keeps what the API says with %d', async (status) => {
    expect(await replyTo(refusesWith(status, 'some_error'))).toMatchObject({
      status,
      body: { kind: 'json', hasError: true, error: 'some_error', detail: 'some_error.' },
    });
  });

  it('names a maintenance', async () => {
    expect(await replyTo(isUnderMaintenance())).toMatchObject({
      status: 503,
      body: { kind: 'json', error: 'service_maintenance' },
    });
  });

  it.each(['7', '0.5', 'Wed, 25 Nov 2026 10:00:00 GMT', 'soon'])(
    'keeps Retry-After as it was sent: %s',
    async (retryAfter) => {
      expect(await replyTo(throttles(retryAfter))).toMatchObject({ status: 429, headers: { retryAfter } });
    },
  );

  it('has the headers that say when the limit ends, and none beside those that are looked at', async () => {
    const headers = {
      date: 'Wed, 25 Nov 2026 10:00:00 GMT',
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': '1795600000',
      'x-other': 'x',
    };
    const reply = await replyTo(http.delete(anyPath, () => new HttpResponse(null, { status: 403, headers })));
    expect(reply).toMatchObject({
      headers: { date: headers.date, rateLimitRemaining: '0', rateLimitReset: '1795600000' },
    });
    expect(JSON.stringify(reply)).not.toContain('x-other');
  });

  it('takes the first of a header that was sent twice', async () => {
    const server = closedAfter(
      await startRawServer(
        (socket) =>
          void socket.write(
            'HTTP/1.1 429 Slow\r\nX-RateLimit-Remaining: 0\r\nX-RateLimit-Remaining: 9\r\nContent-Length: 0\r\n\r\n',
          ),
      ),
    );
    expect(await apiFor(server.url).remove(pair, 'k').reply).toMatchObject({
      headers: { rateLimitRemaining: '0' },
    });
  });

  it('does not take a page for the API’s answer', async () => {
    expect(await replyTo(showsPage(404))).toMatchObject({ status: 404, body: { kind: 'other' } });
  });

  it('looks past interim answers', async () => {
    const server = closedAfter(
      await startRawServer(
        (socket) =>
          void socket.write('HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n'),
      ),
    );
    expect(await apiFor(server.url).remove(pair, 'k').reply).toMatchObject({ status: 204 });
  });

  it.each([301, 302, 303, 307, 308])(
    'is the redirect itself for %d: nothing goes where it points',
    async (status) => {
      const elsewhere = closedAfter(await startRawServer());
      const reply = await replyTo(
        http.delete(anyPath, () => new HttpResponse(null, { status, headers: { location: elsewhere.url } })),
      );
      expect(reply).toMatchObject({ kind: 'response', status });
      expect(elsewhere.connections).toBe(0);
    },
  );

  it('does not hold a key that the server echoes, nor one it was sent before', async () => {
    const server = closedAfter(
      await startMswLoopback(
        http.delete(anyPath, () =>
          HttpResponse.json({ error: 'bad key-new', detail: 'key-old, then key-new' }, { status: 403 }),
        ),
      ),
    );
    const api = apiFor(server.url);
    await api.remove(pair, 'key-old').reply;
    const reply = await api.remove(pair, 'key-new').reply;
    expect(reply).toMatchObject({ body: { error: 'bad [api key]', detail: '[api key], then [api key]' } });
  });
});

describe('connections', () => {
  it('are kept, and are never more than the concurrency', async () => {
    const server = closedAfter(
      await startTruthServer({ members: [], script: () => ({ kind: 'usual', afterMs: 2 }) }),
    );
    const api = apiFor(server.url, { concurrency: 3 });
    const users = Array.from({ length: 60 }, (_, index) => index + 1);
    const replies = await Promise.all(
      users.map((user) => api.remove({ workspace: 1, user }, truthKey).reply),
    );
    expect(replies.every((reply) => reply.kind === 'response')).toBe(true);
    expect(server.requests).toHaveLength(60);
    expect(server.connections).toBe(3);
    expect(server.mostInFlight).toBe(3);
  });

  it('are free again after a body that is too long, of which no more than 64 KiB is kept', async () => {
    const server = closedAfter(
      await startTruthServer({
        members: ['1/2'],
        script: ({ nth, pair: asked }) =>
          asked === '1/1' && nth <= 3 ? { kind: 'big-body', status: 404, bytes: 10_000_000 } : undefined,
      }),
    );
    const api = apiFor(server.url, { concurrency: 1 });
    for (let nth = 1; nth <= 3; nth += 1) {
      expect(await api.remove({ workspace: 1, user: 1 }, truthKey).reply).toMatchObject({
        status: 404,
        body: { kind: 'too-long' },
      });
    }
    expect(await api.remove({ workspace: 1, user: 2 }, truthKey).reply).toMatchObject({ status: 204 });
  });

  it.each([
    { bytes: 65_536 - '{"detail":""}'.length, kind: 'json' },
    { bytes: 65_537 - '{"detail":""}'.length, kind: 'too-long' },
  ])('serve a body of $bytes characters as $kind', async ({ bytes, kind }) => {
    const server = closedAfter(
      await startTruthServer({ members: [], script: () => ({ kind: 'big-body', status: 404, bytes }) }),
    );
    expect(await apiFor(server.url).remove(pair, truthKey).reply).toMatchObject({ body: { kind } });
  });

  it.each([
    ['a length', 'HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n', 'hello'],
    ['chunks', 'HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n', '5\r\nhello\r\n0\r\n\r\n'],
  ])('do not read the body of a 204, announced by %s, as the next answer', async (_, head, body) => {
    // The body comes as late as it can: when the connection's next request is already there.
    const owing = new Set<Socket>();
    const server = closedAfter(
      await startRawServer((socket) => {
        socket.write(owing.has(socket) ? `${body}${head}` : head);
        owing.add(socket);
      }),
    );
    const api = apiFor(server.url, { concurrency: 1 });
    for (let nth = 1; nth <= 4; nth += 1) {
      expect(await api.remove(pair, 'k').reply).toMatchObject({ status: 204, body: { kind: 'empty' } });
    }
  });

  it('do not let a body that comes with a 204, unannounced, spoil the next request', async () => {
    const server = closedAfter(
      await startRawServer((socket) => void socket.write('HTTP/1.1 204 No Content\r\n\r\nhello')),
    );
    const api = apiFor(server.url, { concurrency: 1 });
    for (let nth = 1; nth <= 4; nth += 1) {
      expect(await api.remove(pair, 'k').reply).toMatchObject({ status: 204 });
    }
    expect(server.connections).toBe(4);
  });
});
