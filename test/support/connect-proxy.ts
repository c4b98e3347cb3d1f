import { createServer, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** A forward proxy on loopback that tunnels (CONNECT). */
export interface ConnectProxy {
  /** Without user info. */
  readonly url: string;
  /** `host:port` of each CONNECT, those refused included. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

export interface ConnectProxyOptions {
  /** `user:password` that `Proxy-Authorization` must carry; else 407. */
  readonly credentials?: string;
  /** Refuses every tunnel with this status. */
  readonly refuseWith?: number;
  /** Answers those who ask once this has come. */
  readonly opensAfter?: () => Promise<unknown>;
  /** While this says so, nobody who asks gets an answer. */
  readonly isStuck?: () => boolean;
}

/** Passes every tunnel on unless told to refuse. Requests that ask for no tunnel are answered 405. */
export async function startConnectProxy(options: ConnectProxyOptions = {}): Promise<ConnectProxy> {
  const asked: string[] = [];
  const sockets = new Set<Duplex>();

  function refusal(authorization: string | undefined): string | undefined {
    if (options.refuseWith !== undefined) return `${options.refuseWith} Refused`;
    if (options.credentials === undefined) return undefined;
    const expected = `Basic ${Buffer.from(options.credentials).toString('base64')}`;
    return authorization === expected ? undefined : '407 Proxy Authentication Required';
  }

  const server = createServer((_request, response) => response.writeHead(405).end());
  server.on('connect', (request, client: Duplex, head) => {
    void answer(request, client, head);
  });

  async function answer(request: IncomingMessage, client: Duplex, head: Buffer): Promise<void> {
    asked.push(request.url ?? '');
    keep(client);
    if (options.isStuck?.() === true) return;
    const refused = refusal(request.headers['proxy-authorization']);
    if (refused !== undefined) {
      client.end(
        `HTTP/1.1 ${refused}\r\nProxy-Authenticate: Basic realm="proxy"\r\nContent-Length: 0\r\n\r\n`,
      );
      return;
    }
    await options.opensAfter?.();
    const [host = '', port = '443'] = (request.url ?? '').split(':');
    const upstream: Socket = connect(Number(port), host, () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      upstream.write(head);
      client.pipe(upstream).pipe(client);
    });
    keep(upstream);
    upstream.on('error', () => client.destroy());
    client.on('error', () => upstream.destroy());
  }

  function keep(socket: Duplex): void {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => sockets.delete(socket));
  }

  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');

  return {
    url: `http://127.0.0.1:${address.port}`,
    asked,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
