import type { LostBecause, LostConnection, ReplyHeaders, Response } from '../../src/policy/reply.ts';

/** Replies as src/io brings them back. */
export const removed: Response = { kind: 'response', status: 204, headers: {}, body: { kind: 'empty' } };

/** The API's own answer, in its envelope. */
export function apiAnswer(status: number, headers: ReplyHeaders = {}, error = 'some_error'): Response {
  return {
    kind: 'response',
    status,
    headers,
    body: { kind: 'json', hasError: true, error, detail: `The API says ${status}.` },
  };
}

/** A page of somebody else's. */
export function page(status: number, headers: ReplyHeaders = {}): Response {
  return { kind: 'response', status, headers, body: { kind: 'other' } };
}

export const notFound = apiAnswer(404);
export const forbidden = apiAnswer(403);
export const unauthorized = apiAnswer(401);

/** 429; without seconds there is no Retry-After. */
export function throttled(seconds?: number): Response {
  return apiAnswer(429, seconds === undefined ? {} : { retryAfter: String(seconds) });
}

export function lost(
  because: LostBecause,
  mayHaveArrived = false,
  code = because.toUpperCase(),
): LostConnection {
  return { kind: 'lost', because, code, mayHaveArrived };
}

export const refused = lost('connection-refused', false, 'ECONNREFUSED');
