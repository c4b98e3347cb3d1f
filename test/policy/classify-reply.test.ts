import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Circumstances, classifyReply, type Verdict } from '../../src/policy/classify-reply.ts';
import type { LostBecause, Reply, ReplyBody, ReplyHeaders } from '../../src/policy/reply.ts';

const empty: ReplyBody = { kind: 'empty' };
const api: ReplyBody = {
  kind: 'json',
  error: 'not_found',
  detail: 'Workspace or user not found',
  hasError: true,
};
const django: ReplyBody = { kind: 'json', detail: 'Not found.', hasError: false };
const bare: ReplyBody = { kind: 'json', hasError: false };
const html: ReplyBody = { kind: 'other' };
const long: ReplyBody = { kind: 'too-long' };
const broken: ReplyBody = { kind: 'broken' };
const bodies = [empty, api, django, bare, html, long, broken];

const usual: Circumstances = { hadLostReply: false, apiSeen: true };

function read(
  status: number,
  body: ReplyBody = empty,
  headers: ReplyHeaders = {},
  circumstances: Partial<Circumstances> = {},
): Verdict {
  return classifyReply({ kind: 'response', status, body, headers }, { ...usual, ...circumstances });
}

function lose(
  because: LostBecause,
  mayHaveArrived: boolean,
  circumstances: Partial<Circumstances> = {},
): Verdict {
  return classifyReply({ kind: 'lost', because, code: 'X', mayHaveArrived }, { ...usual, ...circumstances });
}

describe('an answer that settles', () => {
  it.each([
    { name: '204', status: 204, body: empty, outcome: 'removed', reason: 'deleted' },
    {
      name: '204, whatever is said of its body',
      status: 204,
      body: broken,
      outcome: 'removed',
      reason: 'deleted',
    },
    { name: '200 without a body', status: 200, body: empty, outcome: 'removed', reason: 'deleted' },
    { name: '200 with JSON', status: 200, body: bare, outcome: 'removed', reason: 'deleted' },
    { name: '404 without a body', status: 404, body: empty, outcome: 'not-found', reason: 'absent' },
    { name: '404 of the API', status: 404, body: api, outcome: 'not-found', reason: 'absent' },
    { name: "404 of Django's", status: 404, body: django, outcome: 'not-found', reason: 'absent' },
    { name: '410 of the API', status: 410, body: api, outcome: 'not-found', reason: 'absent' },
    {
      name: '403 without a body',
      status: 403,
      body: empty,
      outcome: 'forbidden',
      reason: 'insufficient-rights',
    },
    { name: '403 of the API', status: 403, body: api, outcome: 'forbidden', reason: 'insufficient-rights' },
    { name: '301', status: 301, body: html, outcome: 'failed', reason: 'redirect' },
    { name: '302', status: 302, body: empty, outcome: 'failed', reason: 'redirect' },
    { name: '303', status: 303, body: empty, outcome: 'failed', reason: 'redirect' },
    { name: '307', status: 307, body: empty, outcome: 'failed', reason: 'redirect' },
    { name: '308', status: 308, body: empty, outcome: 'failed', reason: 'redirect' },
    { name: '304', status: 304, body: empty, outcome: 'failed', reason: 'http-304' },
    { name: '400', status: 400, body: api, outcome: 'failed', reason: 'http-400' },
    { name: '409', status: 409, body: html, outcome: 'failed', reason: 'http-409' },
    { name: '422', status: 422, body: api, outcome: 'failed', reason: 'http-422' },
    { name: '501', status: 501, body: html, outcome: 'failed', reason: 'http-501' },
    { name: '505', status: 505, body: empty, outcome: 'failed', reason: 'http-505' },
  ])('$name is $outcome, $reason', ({ status, body, outcome, reason }) => {
    expect(read(status, body)).toMatchObject({ kind: 'settled', outcome, reason, health: 'through' });
  });

  it.each([404, 410])('%i after a lost reply says that it may have been us', (status) => {
    expect(read(status, api, {}, { hadLostReply: true }).reason).toBe('absent-after-lost-reply');
  });

  it('contradicts a lost reply where the API says that the removal is not done', () => {
    expect(read(403, api).contradictsLost).toBe(true);
    expect(read(409, api).contradictsLost).toBe(false);
    expect(read(409, html).contradictsLost).toBe(false);
    expect(read(302, html).contradictsLost).toBe(false);
  });

  it('may have been done where a 501 or 505 ends it', () => {
    expect(read(501, api).isLost).toBe(true);
    expect(read(505, api).isLost).toBe(true);
    expect(read(400, api).isLost).toBe(false);
  });
});

describe("an answer that is not the API's", () => {
  it.each([
    { status: 404, body: html, isLost: false },
    { status: 404, body: long, isLost: false },
    { status: 410, body: html, isLost: false },
    { status: 403, body: html, isLost: false },
    { status: 403, body: long, isLost: false },
    { status: 200, body: html, isLost: true },
    { status: 200, body: long, isLost: true },
    { status: 200, body: api, isLost: true },
    { status: 201, body: bare, isLost: true },
    { status: 202, body: empty, isLost: true },
    { status: 206, body: empty, isLost: true },
  ])('$status with $body.kind is tried again as unrecognised', ({ status, body, isLost }) => {
    expect(read(status, body)).toMatchObject({
      kind: 'transient',
      reason: `unrecognised-${status}`,
      isLost,
      health: 'unrecognised',
    });
  });
});

describe('an answer that breaks off', () => {
  it.each([200, 403, 404, 410])('is a lost reply where the body decides (%i)', (status) => {
    expect(read(status, broken)).toMatchObject({
      kind: 'transient',
      reason: 'connection-lost',
      isLost: true,
      health: 'down',
    });
  });

  it('loses nothing where the status alone decides', () => {
    expect(read(400, broken)).toMatchObject({ kind: 'settled', reason: 'http-400' });
    expect(read(429, broken).kind).toBe('throttled');
  });

  it('is no answer of the API that would clear a 503', () => {
    expect(read(503, broken)).toMatchObject({ kind: 'transient', isLost: true });
  });
});

describe('a refused or throttled request', () => {
  it.each([
    { name: '429', status: 429, headers: {}, kind: 'throttled' },
    { name: '403 with Retry-After', status: 403, headers: { retryAfter: '5' }, kind: 'throttled' },
    { name: '403 with an odd Retry-After', status: 403, headers: { retryAfter: 'soon' }, kind: 'throttled' },
    {
      name: '403 with a limit used up',
      status: 403,
      headers: { rateLimitRemaining: '0', rateLimitReset: '60' },
      kind: 'throttled',
    },
    {
      name: '403 with a limit used up and no time',
      status: 403,
      headers: { rateLimitRemaining: '0' },
      kind: 'settled',
    },
    {
      name: '403 with some limit left',
      status: 403,
      headers: { rateLimitRemaining: '1', rateLimitReset: '60' },
      kind: 'settled',
    },
    { name: '401', status: 401, headers: {}, kind: 'unauthorized' },
    { name: '401 with Retry-After', status: 401, headers: { retryAfter: '5' }, kind: 'unauthorized' },
    { name: '407', status: 407, headers: {}, kind: 'stop' },
  ] as const)('$name: $kind', ({ status, headers, kind }) => {
    for (const body of [empty, api, html]) {
      if (kind === 'settled' && body === html) continue;
      expect(read(status, body, headers).kind).toBe(kind);
    }
  });

  it('stops for the proxy on 407', () => {
    expect(read(407).reason).toBe('proxy');
  });
});

describe('a failure that may pass', () => {
  it.each([408, 425])('%i says that the instance is there', (status) => {
    expect(read(status, api)).toMatchObject({
      kind: 'transient',
      reason: `http-${status}`,
      isLost: false,
      health: 'through',
    });
  });

  it.each([500, 502, 503, 504, 507, 520, 524, 599])(
    '%i may have done it, and may mean an outage',
    (status) => {
      expect(read(status, html)).toMatchObject({
        kind: 'transient',
        reason: `http-${status}`,
        isLost: true,
        health: 'down',
      });
    },
  );

  it("a 503 with the API's JSON has not done it", () => {
    expect(read(503, api)).toMatchObject({ kind: 'transient', isLost: false, health: 'down' });
    expect(read(503, bare)).toMatchObject({ kind: 'transient', isLost: true });
  });

  it("a 500 with the API's JSON may be this record's fault", () => {
    expect(read(500, api)).toMatchObject({ kind: 'transient', isLost: true, health: 'record-down' });
    expect(read(502, api).health).toBe('down');
  });

  it.each([
    'connection-refused',
    'connection-lost',
    'timeout',
    'host-unknown',
    'dns-failure',
    'aborted',
  ] as const)('%s is lost only where the request may have arrived', (because) => {
    expect(lose(because, true)).toMatchObject({
      kind: 'transient',
      reason: because,
      isLost: true,
      health: 'down',
    });
    expect(lose(because, false).isLost).toBe(false);
  });
});

describe('what no waiting mends', () => {
  it('stops for a certificate and for a proxy, also in the middle', () => {
    expect(lose('tls', false)).toMatchObject({ kind: 'stop', reason: 'tls' });
    expect(lose('proxy', false)).toMatchObject({ kind: 'stop', reason: 'proxy' });
  });

  it('stops for a base URL that does not speak HTTP, unless it has', () => {
    expect(lose('not-http', true, { apiSeen: false })).toMatchObject({ kind: 'stop', reason: 'tls' });
    expect(lose('not-http', true)).toMatchObject({ kind: 'transient', reason: 'not-http', isLost: true });
  });
});

describe('any reply', () => {
  const header = fc.option(fc.constantFrom('0', '5', 'soon', ''), { nil: undefined });
  const replies: fc.Arbitrary<Reply> = fc.oneof(
    fc.record({
      kind: fc.constant('response' as const),
      status: fc.integer({ min: 200, max: 999 }),
      body: fc.constantFrom(...bodies),
      headers: fc
        .record({ retryAfter: header, rateLimitRemaining: header, rateLimitReset: header })
        .map((all) => Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))),
    }),
    fc.record({
      kind: fc.constant('lost' as const),
      because: fc.constantFrom<LostBecause[]>(
        'connection-refused',
        'connection-lost',
        'timeout',
        'tls',
        'proxy',
        'not-http',
      ),
      code: fc.constant('X'),
      mayHaveArrived: fc.boolean(),
    }),
  );

  it('gives exactly one verdict whose parts agree', () => {
    fc.assert(
      fc.property(replies, fc.boolean(), fc.boolean(), (reply, hadLostReply, apiSeen) => {
        const verdict = classifyReply(reply, { hadLostReply, apiSeen });
        expect(verdict.outcome !== undefined).toBe(verdict.kind === 'settled');
        expect(verdict.reason).not.toBe('');
        if (verdict.kind === 'throttled') expect(verdict.health).toBe('limited');
        // What is certain about a removal is never lost at the same time.
        if (
          verdict.outcome === 'removed' ||
          verdict.outcome === 'not-found' ||
          verdict.outcome === 'forbidden'
        ) {
          expect(verdict.isLost).toBe(false);
        }
        // Only a 2xx removes, and only a 404 or 410 is absent.
        const status = reply.kind === 'response' ? reply.status : 0;
        if (verdict.outcome === 'removed') expect([200, 204]).toContain(status);
        if (verdict.outcome === 'not-found') expect([404, 410]).toContain(status);
        if (verdict.outcome === 'forbidden') expect(status).toBe(403);
      }),
      { numRuns: 2_000, seed: 20261125 },
    );
  });
});
