import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SeenRequest } from './truth-server.ts';

/**
 * What becomes of one request. `acts` says whether the removal is done all the same; where it is left out, it is
 * not. Every kind can be late by `afterMs`.
 */
export type Behaviour = { readonly afterMs?: number } & (
  | { readonly kind: 'usual' }
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      /** A value that is no text is sent as JSON. */
      readonly body?: unknown;
      readonly acts?: boolean;
    }
  /** TCP reset before anything was done. */
  | { readonly kind: 'reset-before' }
  /** TCP reset after the removal. */
  | { readonly kind: 'reset-after' }
  /** Never answered. */
  | { readonly kind: 'hang'; readonly acts?: boolean }
  /** The server's own status, then half a body and a closed connection. */
  | { readonly kind: 'cut-body'; readonly status: number; readonly acts?: boolean }
  /** The server's own answer, as HTTP/1.0 that closes the connection. */
  | { readonly kind: 'http10' }
  /** A body in chunks that never ends. */
  | { readonly kind: 'endless-chunks'; readonly status: number; readonly acts?: boolean }
  /** A body of this many bytes. */
  | { readonly kind: 'big-body'; readonly status: number; readonly bytes: number; readonly acts?: boolean }
  /** HTML with this status, as a single sign-on or a firewall sends it. */
  | { readonly kind: 'sign-in-page'; readonly status: number }
  /** These bytes as they are, be they HTTP or not, and the connection's end. */
  | { readonly kind: 'no-http'; readonly bytes: string; readonly acts?: boolean }
);

interface Scene {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly seen: SeenRequest;
  /** Applies the server's own rules and says the status they give. */
  readonly act: () => 204 | 401 | 403 | 404;
}

/** Plays one behaviour. */
export function show(behaviour: Behaviour, scene: Scene): void {
  const { afterMs = 0 } = behaviour;
  if (afterMs > 0) setTimeout(() => play(behaviour, scene), afterMs);
  else play(behaviour, scene);
}

function play(behaviour: Behaviour, scene: Scene): void {
  const { request, response, seen, act } = scene;
  seen.answered = behaviour.kind;
  if ('acts' in behaviour && behaviour.acts === true) act();
  switch (behaviour.kind) {
    case 'usual': {
      const status = act();
      seen.answered = status;
      sendJson(response, status, {}, status === 204 ? undefined : envelope(status));
      return;
    }
    case 'answer': {
      seen.answered = behaviour.status;
      const { status, headers = {}, body } = behaviour;
      if (typeof body === 'string') response.writeHead(status, headers).end(body);
      else sendJson(response, status, headers, body);
      return;
    }
    case 'reset-after':
      act();
      request.socket.resetAndDestroy();
      return;
    case 'reset-before':
      request.socket.resetAndDestroy();
      return;
    case 'hang':
      return;
    case 'cut-body':
      response.writeHead(behaviour.status, { 'content-type': 'application/json', 'content-length': '200' });
      response.write('{"detail": "this sentence ends in the mid', () => request.socket.destroy());
      return;
    case 'http10': {
      const status = act();
      const body = status === 204 ? '' : JSON.stringify(envelope(status));
      request.socket.end(`HTTP/1.0 ${status} As Ever\r\nContent-Type: application/json\r\n\r\n${body}`);
      return;
    }
    case 'endless-chunks': {
      response.writeHead(behaviour.status, { 'content-type': 'application/json' });
      const timer = setInterval(() => response.write(' '.repeat(64)), 20);
      response.once('close', () => clearInterval(timer));
      return;
    }
    case 'big-body':
      response.writeHead(behaviour.status, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ detail: 'x'.repeat(behaviour.bytes) }));
      return;
    case 'sign-in-page':
      response.writeHead(behaviour.status, { 'content-type': 'text/html; charset=utf-8' });
      response.end('<!doctype html><title>Sign in</title><form action="/login"></form>');
      return;
    case 'no-http':
      request.socket.end(behaviour.bytes);
      return;
  }
}

function sendJson(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: unknown,
): void {
  if (body === undefined) {
    response.writeHead(status, headers).end();
    return;
  }
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

const errorNames = { 401: 'authentication_failed', 403: 'permission_denied', 404: 'not_found' } as const;

function envelope(status: 401 | 403 | 404): object {
  return {
    id: null,
    code: status,
    error: errorNames[status],
    detail: `The truth says ${status}.`,
    doc_url: '',
  };
}
