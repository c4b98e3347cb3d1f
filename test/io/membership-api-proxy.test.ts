import { describe, expect, it } from 'vitest';
import { startConnectProxy } from '../support/connect-proxy.ts';
import { startRawServer } from '../support/raw-server.ts';
import { makeThrowAwayCertificate } from '../support/throw-away-certificate.ts';
import { startTruthServer, truthKey } from '../support/truth-server.ts';
import { apiFor, closedAfter, noProxies } from './api-in-test.ts';

const pair = { workspace: 1, user: 7 };

async function startTruth(tls = false) {
  return closedAfter(
    await startTruthServer({ members: ['1/7', '1/8'], ...(tls ? { tls: makeThrowAwayCertificate() } : {}) }),
  );
}

describe('through a proxy', () => {
  it('tunnels to an https: instance, so that the proxy sees no key', async () => {
    const server = await startTruth(true);
    const proxy = closedAfter(await startConnectProxy());
    const proxies = { ...noProxies, httpsProxy: proxy.url };
    const reply = await apiFor(server.url, { proxies }).remove(pair, truthKey).reply;
    // The certificate that nobody vouches for is the instance's own: the tunnel has reached it.
    expect(reply).toMatchObject({
      because: 'tls',
      code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
      mayHaveArrived: false,
    });
    expect(proxy.asked).toEqual([new URL(server.url).host]);
  });

  it('tunnels to an http: instance too', async () => {
    const server = await startTruth();
    const proxy = closedAfter(await startConnectProxy());
    const api = apiFor(server.url, { concurrency: 2, proxies: { ...noProxies, httpProxy: proxy.url } });
    const users = [7, 8, 9, 10, 11, 12];
    const replies = await Promise.all(
      users.map((user) => api.remove({ workspace: 1, user }, truthKey).reply),
    );
    expect(replies.map((reply) => (reply.kind === 'response' ? reply.status : reply.code))).toEqual([
      204, 204, 404, 404, 404, 404,
    ]);
    expect(server.connections).toBe(2);
    expect(proxy.asked).toHaveLength(2);
  });

  it('uses the http: proxy for an https: instance where no other is named', async () => {
    const server = await startTruth(true);
    const proxy = closedAfter(await startConnectProxy());
    await apiFor(server.url, { proxies: { ...noProxies, httpProxy: proxy.url } }).remove(pair, 'k').reply;
    expect(proxy.asked).toHaveLength(1);
  });

  it('does not use the https: proxy for an http: instance', async () => {
    const server = await startTruth();
    const proxy = closedAfter(await startConnectProxy());
    const api = apiFor(server.url, { proxies: { ...noProxies, httpsProxy: proxy.url } });
    expect(await api.remove(pair, truthKey).reply).toMatchObject({ status: 204 });
    expect(proxy.asked).toEqual([]);
  });

  it.each(['127.0.0.1', '*', 'example.org,127.0.0.1', 'example.org 127.0.0.1'])(
    'goes straight to an instance that NO_PROXY names: %s',
    async (noProxy) => {
      const server = await startTruth();
      const proxy = closedAfter(await startConnectProxy());
      const api = apiFor(server.url, { proxies: { httpProxy: proxy.url, httpsProxy: '', noProxy } });
      expect(await api.remove(pair, truthKey).reply).toMatchObject({ status: 204 });
      expect(proxy.asked).toEqual([]);
    },
  );

  it('logs in with the user and the password of the proxy’s address', async () => {
    const server = await startTruth();
    const proxy = closedAfter(await startConnectProxy({ credentials: 'ada:p@ss w' }));
    const url = proxy.url.replace('//', '//ada:p%40ss%20w@');
    const api = apiFor(server.url, { proxies: { ...noProxies, httpProxy: url } });
    expect(await api.remove(pair, truthKey).reply).toMatchObject({ status: 204 });
  });
});

describe('a handshake that is not answered', () => {
  it.each(['the instance, through the tunnel', 'the proxy itself'])(
    'is let go once the adapter is closed: with %s',
    async (who) => {
      const silent = closedAfter(await startRawServer());
      const proxy = closedAfter(await startConnectProxy());
      const httpsProxy = who === 'the proxy itself' ? `https://127.0.0.1:${silent.port}` : proxy.url;
      const api = apiFor(`https://127.0.0.1:${silent.port}`, {
        timeoutMs: 600_000,
        proxies: { ...noProxies, httpsProxy },
      });
      const { reply } = api.remove(pair, 'k');
      await silent.connected(1);
      await api.close();
      await silent.deserted();
      expect(await reply).toMatchObject({ kind: 'lost', mayHaveArrived: false });
    },
  );
});

describe('a connection that comes up only after its attempt has timed out', () => {
  it('is not written to, and later attempts are sent as soon as connections are quick enough', async () => {
    const server = await startTruth();
    let open: () => void = () => undefined;
    const late = new Promise<void>((resolve) => {
      open = resolve;
    });
    let asked = 0;
    const opensAfter = () => {
      asked += 1;
      return asked === 1 ? late : Promise.resolve();
    };
    const proxy = closedAfter(await startConnectProxy({ opensAfter }));
    const proxies = { ...noProxies, httpProxy: proxy.url };
    const api = apiFor(server.url, { concurrency: 1, timeoutMs: 2_000, proxies });
    const { reply } = api.remove(pair, truthKey);
    expect(await reply).toMatchObject({ because: 'timeout', mayHaveArrived: false });
    open();
    expect(await api.remove({ workspace: 1, user: 8 }, truthKey).reply).toMatchObject({ status: 204 });
    expect(server.requests.map(({ pair: sent }) => sent)).toEqual(['1/8']);
  });
});

describe('a proxy that opens no tunnel', () => {
  it('is told apart from the instance where it wants a login', async () => {
    const server = await startTruth();
    const proxy = closedAfter(await startConnectProxy({ credentials: 'ada:secret' }));
    const url = proxy.url.replace('//', '//ada:wrong@');
    const reply = await apiFor(server.url, { proxies: { ...noProxies, httpProxy: url } }).remove(pair, 'k')
      .reply;
    expect(reply).toEqual({
      kind: 'lost',
      because: 'proxy',
      code: 'proxy answered 407',
      mayHaveArrived: false,
    });
  });

  it.each([
    { status: 403, because: 'proxy' },
    { status: 405, because: 'proxy' },
    { status: 502, because: 'connection-lost' },
    { status: 503, because: 'connection-lost' },
  ])('is read as $because where it answers $status', async ({ status, because }) => {
    const server = await startTruth();
    const proxy = closedAfter(await startConnectProxy({ refuseWith: status }));
    const proxies = { ...noProxies, httpProxy: proxy.url };
    expect(await apiFor(server.url, { proxies }).remove(pair, 'k').reply).toEqual({
      kind: 'lost',
      because,
      code: `proxy answered ${status}`,
      mayHaveArrived: false,
    });
    expect(server.requests).toEqual([]);
  });

  it('is read as refused where it is not there', async () => {
    const server = await startTruth();
    const proxy = await startRawServer();
    await proxy.close();
    const proxies = { ...noProxies, httpProxy: proxy.url };
    expect(await apiFor(server.url, { proxies }).remove(pair, 'k').reply).toMatchObject({
      because: 'connection-refused',
      mayHaveArrived: false,
    });
  });

  it('keeps no later attempt from its place, once it opens one again', async () => {
    const server = await startTruth();
    let isStuck = true;
    const proxy = closedAfter(await startConnectProxy({ isStuck: () => isStuck }));
    const proxies = { ...noProxies, httpProxy: proxy.url };
    const api = apiFor(server.url, { concurrency: 1, timeoutMs: 1_000, proxies });
    expect(await api.remove(pair, truthKey).reply).toMatchObject({
      because: 'timeout',
      mayHaveArrived: false,
    });
    isStuck = false;
    let reply = await api.remove(pair, truthKey).reply;
    for (let nth = 2; nth <= 5 && reply.kind === 'lost'; nth += 1)
      reply = await api.remove(pair, truthKey).reply;
    expect(reply).toMatchObject({ status: 204 });
  });
});
