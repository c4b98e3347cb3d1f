import { createServer, type Socket } from 'node:net';

/** A loopback server that speaks no protocol by itself: what goes over the wire is the test's. */
export interface RawServer {
  readonly port: number;
  /** `http://127.0.0.1:<port>`. */
  readonly url: string;
  /** The head of every request as it was sent, in order of arrival. */
  readonly heads: readonly string[];
  /** Sockets accepted so far. */
  readonly connections: number;
  /** Resolves once there have been so many connections. */
  connected(count: number): Promise<void>;
  /** Resolves once all of them are closed. */
  deserted(): Promise<void>;
  close(): Promise<void>;
}

/** `answer` is called with each request's head; with none, what arrives is read and left at that. */
export async function startRawServer(answer?: (socket: Socket, head: string) => void): Promise<RawServer> {
  const heads: string[] = [];
  const sockets = new Set<Socket>();
  const waiting = new Set<() => void>();
  let connections = 0;

  const server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.setNoDelay(true).once('close', () => {
      sockets.delete(socket);
      for (const look of waiting) look();
    });
    socket.on('error', () => socket.destroy());
    let text = '';
    socket.setEncoding('latin1').on('data', (chunk) => {
      text += chunk;
      for (let end = text.indexOf('\r\n\r\n'); end >= 0; end = text.indexOf('\r\n\r\n')) {
        const head = text.slice(0, end);
        text = text.slice(end + 4);
        heads.push(head);
        answer?.(socket, head);
      }
    });
    for (const look of waiting) look();
  });
  function until(isSo: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (!isSo()) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
    });
  }

  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the raw server has no port');

  return {
    port: address.port,
    url: `http://127.0.0.1:${address.port}`,
    heads,
    get connections() {
      return connections;
    },
    connected: (count) => until(() => connections >= count),
    deserted: () => until(() => sockets.size === 0),
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
