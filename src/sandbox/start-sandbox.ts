import { setMaxListeners } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { FatalError } from '../exit-code.ts';
import { type Answer, found } from './answer.ts';
import { createInstance } from './instance.ts';
import { madeUpMemberships } from './memberships.ts';
import { readMembers } from './read-members.ts';
import { parseRoute } from './route.ts';
import type { SandboxOptions } from './sandbox-options.ts';
import { createTraffic, type SandboxState } from './sandbox-state.ts';

/** A look-alike instance that is being served. */
export interface Sandbox {
  /** Base URL, without a trailing slash. */
  readonly url: string;
  /** The key that opens it. */
  readonly key: string;
  state(): SandboxState;
  /** Cuts every connection. */
  close(): Promise<void>;
}

/** The only address it listens on: a rehearsal is nobody else's business. */
const loopback = '127.0.0.1';

/** Longer than any client keeps one, so that only the faults that were asked for break connections. */
const keepAliveMs = 75_000;

/** Serves Paradigm's member endpoints on loopback. A members file that cannot be read and a port in use are usage errors. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { members, workspaces, users } = options;
  const pairs = members === undefined ? madeUpMemberships(workspaces, users) : await readMembers(members);
  const closing = new AbortController();
  // Each request that waits listens to it, and how many may do so at once is the client's business.
  setMaxListeners(0, closing.signal);
  const instance = createInstance(options, pairs, closing.signal);
  const traffic = createTraffic();

  const state = (): SandboxState => ({
    memberships: instance.memberships(),
    changes: instance.changes(),
    requests: traffic.counts(),
  });

  async function reply(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const route = parseRoute(request.method ?? '', request.url ?? '');
    if (route.kind === 'state') {
      send(response, found(state()));
      return;
    }
    traffic.begin();
    response.once('close', traffic.end);
    const origin = `http://${request.headers.host}`;
    const shows = await instance.answer(route, request.headers.authorization, origin);
    traffic.show(typeof shows === 'object' ? shows.status : shows);
    if (shows === 'reset') request.socket.resetAndDestroy();
    else if (shows !== 'silence') send(response, shows);
  }

  const server = createServer({ keepAliveTimeout: keepAliveMs }, (request, response) => {
    reply(request, response).catch(() => request.socket.destroy());
  });
  const port = await listen(server, options.port);

  return {
    url: `http://${loopback}:${port}`,
    key: options.key,
    state,
    close: () =>
      new Promise((resolve) => {
        closing.abort();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The port it got. */
function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      reject(new FatalError('usage', `The sandbox cannot listen on ${loopback}:${port}: ${error.message}`));
    });
    server.listen(port, loopback, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

function send(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, headers);
  response.end(body);
}
