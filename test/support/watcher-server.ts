import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a watcher's server was told. */
export interface Told {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface WatcherServer {
  readonly url: string;
  readonly told: Told[];
  close(): Promise<void>;
}

/**
 * Answers everything with `status`; `hang` answers nothing, `stall` a 200 whose body never ends; a redirect leads to
 * `/elsewhere`.
 */
export async function startWatcherServer(status: number | 'hang' | 'stall' = 200): Promise<WatcherServer> {
  const told: Told[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://x');
      told.push({
        method: request.method ?? '',
        path: pathname,
        query: searchParams,
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      });
      if (status === 'hang') return;
      if (status === 'stall') {
        response.writeHead(200, { 'content-length': '1000' }).write('OK');
        return;
      }
      response.writeHead(status, status >= 300 && status < 400 ? { location: '/elsewhere' } : {}).end('OK');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    told,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
