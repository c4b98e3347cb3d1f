import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { pathToPair } from './api-path.ts';
import { type Behaviour, show } from './behaviour.ts';
import type { ThrowAwayCertificate } from './throw-away-certificate.ts';

/**
 * A stand-in for the API that keeps the truth by itself: what the job's report says is held against it.
 * It shares no code with src/.
 */
export interface TruthServer {
  /** Base URL, without a trailing slash. */
  readonly url: string;
  /** `workspace/user` of everybody who is still a member. */
  readonly members: ReadonlySet<string>;
  /** Every DELETE in order of arrival, also those that were refused. */
  readonly requests: readonly SeenRequest[];
  /** Everything that is no DELETE of a member: `GET /path`. */
  readonly strangers: readonly string[];
  /** The most requests that were unanswered at one time. */
  readonly mostInFlight: number;
  /** Sockets accepted so far. */
  readonly connections: number;
  /** From now on requests meet this script. */
  follow(script: Script): void;
  /** From now on this key alone is accepted. */
  acceptKey(key: string): void;
  /** Resolves when `count` DELETEs have arrived. */
  arrived(count: number): Promise<void>;
  close(): Promise<void>;
}

/** One DELETE as the server saw it. */
export interface SeenRequest {
  /** `workspace/user`. */
  readonly pair: string;
  /** How often this pair was asked for, this time included. */
  readonly nth: number;
  /** Counted from 0 over all requests. */
  readonly index: number;
  /** Milliseconds by a monotonic clock. */
  readonly arrivedAt: number;
  readonly path: string;
  /** The key it bore, without `Bearer `. */
  readonly key: string | undefined;
  readonly headers: IncomingMessage['headers'];
  /** What was done about it: the behaviour's kind, or the status of the server's own answer. */
  answered: Behaviour['kind'] | number | undefined;
  /** Whether the membership went by this request. */
  removed: boolean;
  /** It was left to the server's own rules. */
  isUsual: boolean;
  /** When the whole answer had been handed over, by the same clock as `arrivedAt`. */
  answeredAt: number | undefined;
}

/** Says what becomes of a request; undefined leaves it to the server's own rules (204, 401, 403, 404). */
export type Script = (request: SeenRequest) => Behaviour | undefined;

export interface TruthServerOptions {
  /** `workspace/user`. */
  readonly members: Iterable<string>;
  readonly forbidden?: readonly number[];
  readonly key?: string;
  readonly scope?: 'instance' | 'company';
  /** Path before `/api`, such as `/paradigm`. */
  readonly prefix?: string;
  readonly script?: Script;
  readonly tls?: ThrowAwayCertificate;
  readonly port?: number;
}

/** The key a server accepts unless told otherwise. */
export const truthKey = 'truth-key-5f2c';

export async function startTruthServer(options: TruthServerOptions): Promise<TruthServer> {
  const members = new Set(options.members);
  const forbidden = new Set(options.forbidden);
  const requests: SeenRequest[] = [];
  const strangers: string[] = [];
  const timesAsked = new Map<string, number>();
  const waiting = new Set<{ count: number; resolve: () => void }>();
  const prefix = `${options.prefix ?? ''}/api/v3/${options.scope ?? 'instance'}`;
  let script: Script = options.script ?? (() => undefined);
  let key = options.key ?? truthKey;
  let inFlight = 0;
  let mostInFlight = 0;
  let connections = 0;

  function note(request: IncomingMessage, pair: string): SeenRequest {
    const nth = (timesAsked.get(pair) ?? 0) + 1;
    timesAsked.set(pair, nth);
    const seen: SeenRequest = {
      pair,
      nth,
      index: requests.length,
      arrivedAt: performance.now(),
      path: request.url ?? '',
      key: request.headers.authorization?.replace(/^Bearer /, ''),
      headers: request.headers,
      answered: undefined,
      removed: false,
      isUsual: false,
      answeredAt: undefined,
    };
    requests.push(seen);
    for (const wait of waiting) {
      if (requests.length < wait.count) continue;
      waiting.delete(wait);
      wait.resolve();
    }
    return seen;
  }

  function ownStatus(seen: SeenRequest): 204 | 401 | 403 | 404 {
    if (seen.key !== key) return 401;
    if (forbidden.has(Number(seen.pair.split('/')[0]))) return 403;
    return members.has(seen.pair) ? 204 : 404;
  }

  function act(seen: SeenRequest): 204 | 401 | 403 | 404 {
    const status = ownStatus(seen);
    if (status === 204) seen.removed = members.delete(seen.pair);
    return status;
  }

  const listener: RequestListener = (request, response) => {
    request.resume();
    const pair = request.method === 'DELETE' ? pathToPair(request.url ?? '', prefix) : undefined;
    if (pair === undefined) {
      strangers.push(`${request.method} ${request.url}`);
      response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>Not Found</h1>');
      return;
    }
    inFlight += 1;
    mostInFlight = Math.max(mostInFlight, inFlight);
    response.once('close', () => {
      inFlight -= 1;
    });
    const seen = note(request, pair);
    response.once('finish', () => {
      seen.answeredAt = performance.now();
    });
    const behaviour = script(seen) ?? { kind: 'usual' };
    seen.isUsual = behaviour.kind === 'usual';
    show(behaviour, { request, response, seen, act: () => act(seen) });
  };

  const server: Server = options.tls
    ? createTlsServer({ key: options.tls.key, cert: options.tls.cert }, listener)
    : createServer(listener);
  server.keepAliveTimeout = 75_000;
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the truth server has no port');

  return {
    url: `${options.tls ? 'https' : 'http'}://127.0.0.1:${address.port}${options.prefix ?? ''}`,
    members,
    requests,
    strangers,
    get mostInFlight() {
      return mostInFlight;
    },
    get connections() {
      return connections;
    },
    follow(next) {
      script = next;
    },
    acceptKey(next) {
      key = next;
    },
    arrived: (count) =>
      new Promise((resolve) => {
        if (requests.length >= count) resolve();
        else waiting.add({ count, resolve });
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
