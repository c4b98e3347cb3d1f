import { createRequire } from 'node:module';
import type { buildConnector, Dispatcher } from 'undici';
import connector from 'undici/lib/core/connect.js';
import Pool from 'undici/lib/dispatcher/pool.js';
import type { Attempt, MembershipApi, Pair } from '../effects.ts';
import { AttemptHandler, type AttemptSurroundings } from './attempt-handler.ts';
import { createDeadlines } from './deadlines.ts';
import { createOpenSockets, type OpenSockets } from './open-sockets.ts';
import { systemClock } from './system-clock.ts';

/** Where and how requests are sent. */
export interface ApiSettings {
  readonly baseUrl: string;
  readonly scope: 'instance' | 'company';
  readonly version: string;
  readonly concurrency: number;
  /** Per attempt, connect and body included. */
  readonly timeoutMs: number;
  readonly proxies: ProxySettings;
}

/** From the environment; empty text is none. */
export interface ProxySettings {
  readonly httpProxy: string;
  readonly httpsProxy: string;
  readonly noProxy: string;
}

/**
 * Paradigm's admin API over undici: one pool, keep-alive, never two requests on a connection at once, redirects never
 * followed. `dispatch` is undici's lowest call: only it says whether a request had been written when it failed.
 */
export function createMembershipApi(settings: ApiSettings): MembershipApi {
  const { origin, pathname } = new URL(settings.baseUrl);
  const prefix = `${pathname.replace(/\/+$/, '')}/api/v3/${settings.scope}/workspaces/`;
  const sockets = createOpenSockets();
  const dispatcher = createDispatcher(origin, settings, sockets);
  const deadlines = createDeadlines(settings.timeoutMs, systemClock);
  const secrets = new Set<string>();
  let lastKey = '';
  let headers: string[] = [];
  let around: AttemptSurroundings = { deadlines, secrets, onSent: () => undefined };

  return {
    remove({ workspace, user }: Pair, apiKey: string, onSent: () => void): Attempt {
      if (apiKey !== lastKey) {
        lastKey = apiKey;
        secrets.add(apiKey);
        headers = headersFor(apiKey, settings.version);
      }
      if (onSent !== around.onSent) around = { deadlines, secrets, onSent };
      const attempt = new AttemptHandler(around);
      const path = `${prefix}${workspace}/members/users/${user}`;
      dispatcher.dispatch({ origin, path, method: 'DELETE', headers }, attempt);
      return attempt;
    },
    async close() {
      deadlines.close();
      const isDestroyed = dispatcher.destroy();
      sockets.destroy();
      await isDestroyed;
    },
  };
}

function headersFor(apiKey: string, version: string): string[] {
  return [
    'authorization',
    `Bearer ${apiKey}`,
    'user-agent',
    `offboard/${version}`,
    'accept',
    'application/json',
  ];
}

function createDispatcher(
  origin: string,
  { concurrency, timeoutMs, proxies }: ApiSettings,
  sockets: OpenSockets,
): Dispatcher {
  const { httpProxy, httpsProxy, noProxy } = proxies;
  const options = {
    connections: concurrency,
    pipelining: 1,
    // Each attempt has its own deadline over all of it; undici's timers are coarse and would only come second.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: sockets.remembering(connector({ timeout: timeoutMs })),
  };
  if (httpProxy === '' && httpsProxy === '') return new Pool(origin, options);
  // Only where there is a proxy: see undici-parts.d.ts.
  const { EnvHttpProxyAgent } = createRequire(import.meta.url)('undici') as typeof import('undici');
  return new EnvHttpProxyAgent({
    ...options,
    // A proxy that never answers would otherwise keep a connection's place for minutes after its attempt was given up.
    proxyTls: { timeout: timeoutMs },
    requestTls: { timeout: timeoutMs },
    clientFactory: (proxy, { connect }: { readonly connect: buildConnector.connector }) =>
      new Pool(proxy, { connect: sockets.remembering(connect), headersTimeout: timeoutMs }),
    httpProxy,
    httpsProxy: httpsProxy === '' ? httpProxy : httpsProxy,
    noProxy,
  });
}
