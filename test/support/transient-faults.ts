import { createHash } from 'node:crypto';
import type { Behaviour } from './behaviour.ts';
import type { Script } from './truth-server.ts';

/** Faults that pass, and how often each came up. */
export interface TransientFaults {
  readonly script: Script;
  /** Of every kind that there is. */
  readonly timesMet: ReadonlyMap<string, number>;
}

/**
 * Lets `share` of all requests meet a fault, of every kind that is read as transient or throttled. A
 * request's fate hangs on its pair and on how often that was asked for, not on the order of arrival.
 */
export function createTransientFaults({ seed, share }: { seed: number; share: number }): TransientFaults {
  const timesMet = new Map(Object.keys(faults).map((name) => [name, 0]));
  const all = Object.entries(faults).flatMap(([name, { times = 12, ...fault }]) =>
    Array.from({ length: times }, () => ({ name, fault })),
  );
  return {
    timesMet,
    script({ pair, nth }) {
      const draw = drawOf(`${seed} ${pair} ${nth}`);
      if (draw >= share) return undefined;
      const { name, fault } = all[Math.floor((draw / share) * all.length)] ?? {};
      if (name === undefined || fault === undefined) return undefined;
      timesMet.set(name, (timesMet.get(name) ?? 0) + 1);
      return fault;
    },
  };
}

const page = '<!doctype html><h1>Not the API</h1>';
const json = (status: number, error: string, extra: object = {}): Behaviour => ({
  kind: 'answer',
  status,
  body: { id: null, code: status, error, detail: `${error}.`, doc_url: '' },
  ...extra,
});
const html = (status: number, acts: boolean): Behaviour => ({
  kind: 'answer',
  status,
  headers: { 'content-type': 'text/html' },
  body: page,
  acts,
});
const soon = { headers: { 'retry-after': '0.05' } };

/** What holds everybody up, or a connection until the timeout, is rarer, so that the test is not one long wait. */
const faults: Readonly<Record<string, Behaviour & { readonly times?: number }>> = {
  'reset before the removal': { kind: 'reset-before' },
  'reset after the removal': { kind: 'reset-after' },
  'hang before the removal': { kind: 'hang', times: 3 },
  'hang after the removal': { kind: 'hang', acts: true, times: 3 },
  'cut body of a 404': { kind: 'cut-body', status: 404 },
  'cut body of a 200 after the removal': { kind: 'cut-body', status: 200, acts: true },
  'chunks that never end': { kind: 'endless-chunks', status: 404, times: 3 },
  'HTTP/1.0 gateway timeout': { kind: 'no-http', bytes: 'HTTP/1.0 504 Gateway Timeout\r\n\r\n' },
  408: json(408, 'request_timeout'),
  425: json(425, 'too_early'),
  '429 with Retry-After': { ...json(429, 'throttled', soon), times: 2 },
  '429 without Retry-After': { ...json(429, 'throttled'), times: 2 },
  '403 with Retry-After': { ...json(403, 'throttled', soon), times: 2 },
  '500 of the API': json(500, 'internal_error'),
  '500 of the API after the removal': json(500, 'internal_error', { acts: true }),
  '500 page': html(500, false),
  '502 of the API': json(502, 'bad_gateway'),
  '502 page after the removal': html(502, true),
  '503 of the API': json(503, 'unavailable'),
  '503 page after the removal': html(503, true),
  '503 in maintenance': json(503, 'service_maintenance', { headers: { 'retry-after': '0.1' } }),
  '504 of the API after the removal': json(504, 'gateway_timeout', { acts: true }),
  '504 page': html(504, false),
  '524 page after the removal': html(524, true),
  'sign-in page with 200': { kind: 'sign-in-page', status: 200 },
  'page with 200 after the removal': html(200, true),
  '202 after the removal': { kind: 'answer', status: 202, body: {}, acts: true },
  'firewall page with 403': html(403, false),
  'ingress page with 404': html(404, false),
  '404 that is too long': { kind: 'big-body', status: 404, bytes: 100_000 },
};

/** From 0 to 1, and always the same for the same text. */
function drawOf(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE() / 2 ** 32;
}
