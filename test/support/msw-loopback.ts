import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { getResponse, type RequestHandler } from 'msw';

/**
 * msw request handlers on a real loopback server. msw's own interception does not see undici's pool: such
 * requests would go to the network. This way its sockets and keep-alive are part of what is tested.
 */
export interface MswLoopback {
  readonly url: string;
  /** `METHOD /path` of every request, in order of arrival. */
  readonly seen: readonly string[];
  /** Those that no handler took (they got 501); a test expects none. */
  readonly unanswered: readonly string[];
  /** Puts handlers in front of the present ones. */
  use(...handlers: RequestHandler[]): void;
  close(): Promise<void>;
}

export async function startMswLoopback(...initial: RequestHandler[]): Promise<MswLoopback> {
  let handlers = initial;
  const seen: string[] = [];
  const unanswered: string[] = [];

  async function reply(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const line = `${request.method} ${request.url}`;
    seen.push(line);
    const answer = await getResponse(handlers, toFetchRequest(request));
    if (answer === undefined) {
      unanswered.push(line);
      response.writeHead(501).end();
      return;
    }
    if (answer.type === 'error') {
      // HttpResponse.error() is a network failure; a reset is the one that undici sees as such.
      request.socket.resetAndDestroy();
      return;
    }
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    if (answer.body === null) response.end();
    else await pipeline(Readable.fromWeb(answer.body as ReadableStream), response);
  }

  const server = createServer((request, response) => {
    reply(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the msw server has no port');

  return {
    url: `http://127.0.0.1:${address.port}`,
    seen,
    unanswered,
    use(...more) {
      handlers = [...more, ...handlers];
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** None of the API's requests that are tested here has a body. */
function toFetchRequest(request: IncomingMessage): Request {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headersDistinct)) {
    for (const one of value ?? []) headers.append(name, one);
  }
  return new Request(`http://${request.headers.host}${request.url}`, {
    method: request.method ?? 'GET',
    headers,
  });
}
