import { describe, expect, it } from 'vitest';
import type { Reply } from '../../src/policy/reply.ts';
import { apiAnswer, forbidden, lost, notFound, page, refused, removed } from '../support/replies.ts';
import type { ScriptedRequest } from '../support/scripted-api.ts';
import { startBench } from '../support/session-bench.ts';
import { sessionEnded, sessionStarted, settledOn } from '../support/session-events.ts';

describe('startExecution, when all is forbidden', () => {
  it('stops after 100 in a row over ten workspaces', async () => {
    const bench = startBench({ removals: 500, workspaces: 25, script: () => forbidden });
    const { stop } = await bench.finish();
    expect(stop?.reason).toBe('all-forbidden');
    expect(bench.api.sent.length).toBeLessThan(110);
    expect(bench.counts()).toEqual({
      forbidden: bench.api.sent.length,
      'not-attempted': 500 - bench.api.sent.length,
    });
  });

  it.each([
    { name: 'fewer than 100 in a row', removals: 99, script: () => forbidden },
    {
      name: 'one that was removed before',
      removals: 300,
      script: ({ number }: ScriptedRequest) => (number === 1 ? removed : forbidden),
    },
    {
      name: 'one that was absent before',
      removals: 300,
      script: ({ number }: ScriptedRequest) => (number === 1 ? notFound : forbidden),
    },
    {
      name: 'another answer every 50',
      removals: 300,
      script: ({ number }: ScriptedRequest) => (number % 50 === 0 ? apiAnswer(422) : forbidden),
    },
  ])('goes on with $name', async ({ removals, script }) => {
    const bench = startBench({ removals, workspaces: 25, script });
    expect((await bench.finish()).stop).toBeUndefined();
    expect(bench.api.sent).toHaveLength(removals);
  });

  it('goes on where all are in nine of more workspaces, and stops where the input has no more', async () => {
    const nineOfTen = startBench({
      removals: 200,
      workspaces: 9,
      settings: { workspaces: 10 },
      script: () => forbidden,
    });
    expect((await nineOfTen.finish()).stop).toBeUndefined();
    const nine = startBench({ removals: 200, workspaces: 9, script: () => forbidden });
    expect((await nine.finish()).stop?.reason).toBe('all-forbidden');
  });

  it.each([
    { name: 'removed', settled: settledOn(2) },
    {
      name: 'found absent',
      settled: settledOn(2, { outcome: 'not-found', reason: 'absent', status: 404 }),
    },
  ])('counts what an earlier session $name for the key', async ({ settled }) => {
    const bench = startBench({
      removals: 300,
      workspaces: 25,
      earlier: [
        sessionStarted(),
        { event: 'starting', pass: 'fresh', throughLine: 2 },
        settled,
        sessionEnded({ status: 'stopped', reason: 'interrupted' }),
      ],
      script: () => forbidden,
    });
    expect((await bench.finish()).stop).toBeUndefined();
  });

  it('begins a resume after it with what was never sent, and tries the forbidden ones too', async () => {
    const bench = startBench({
      removals: 4,
      earlier: [
        sessionStarted(),
        { event: 'starting', pass: 'fresh', throughLine: 3 },
        settledOn(2, { outcome: 'forbidden', reason: 'insufficient-rights', status: 403 }),
        settledOn(3, { outcome: 'forbidden', reason: 'insufficient-rights', status: 403 }),
        sessionEnded({ status: 'stopped', reason: 'all-forbidden' }),
      ],
      script: () => removed,
    });
    await bench.finish();
    expect(bench.api.sent.map(({ pair }) => pair.user + 1)).toEqual([4, 5, 2, 3]);
    expect(bench.counts()).toEqual({ removed: 4 });
  });
});

describe('startExecution, when something else than the API answers', () => {
  it.each([
    { name: 'pages with 404', reply: page(404) },
    { name: 'pages with 403', reply: page(403) },
    { name: 'pages with 200', reply: page(200) },
    { name: '202', reply: page(202) },
  ])('stops after the first 20 answers: $name', async ({ reply }) => {
    const bench = startBench({ removals: 100, script: () => reply });
    const { stop } = await bench.finish();
    expect(stop).toMatchObject({
      reason: 'unrecognised-answer',
      message: expect.stringContaining('not the Paradigm API'),
    });
    expect(bench.api.sent.length).toBeGreaterThanOrEqual(20);
    expect(bench.api.sent.length).toBeLessThanOrEqual(28);
    expect(bench.counts()).toEqual({ 'not-attempted': 100 });
  });

  const redirect: Reply = { ...removed, status: 302 };

  it.each([
    { name: 'redirects', replies: [redirect], says: 'HTTP 302' },
    { name: 'redirects with a page', replies: [page(307)], says: 'HTTP 307' },
    { name: 'pages with 405', replies: [page(405)], says: 'HTTP 405' },
    { name: 'redirects and pages with 404', replies: [redirect, page(404)], says: 'HTTP' },
  ])('stops after the first 20 answers, and what they settled stays failed: $name', async (row) => {
    const bench = startBench({
      removals: 100,
      script: ({ number }) => row.replies[number % row.replies.length] ?? redirect,
    });
    const { stop } = await bench.finish();
    expect(stop).toMatchObject({ reason: 'unrecognised-answer', message: expect.stringContaining(row.says) });
    expect(bench.api.sent.length).toBeLessThanOrEqual(28);
    const { failed = 0 } = bench.counts();
    expect(failed).toBeGreaterThan(0);
    expect(bench.counts()).toEqual({ failed, 'not-attempted': 100 - failed });
  });

  it.each([
    { name: "one answer of the API's is among them", reply: redirect, known: apiAnswer(404) },
    { name: 'the others are empty and no redirects', reply: { ...redirect, status: 409 }, known: redirect },
  ])('goes on where $name', async ({ reply, known }) => {
    const bench = startBench({ removals: 100, script: ({ number }) => (number === 7 ? known : reply) });
    expect((await bench.finish()).stop).toBeUndefined();
    expect(bench.api.sent).toHaveLength(100);
  });

  it('takes error pages of a gateway for an outage, not for a wrong address', async () => {
    const bench = startBench({ removals: 30, script: () => page(502), settings: { maxOutageMs: 60_000 } });
    expect((await bench.finish()).stop?.reason).toBe('outage');
  });

  it('counts lost connections in between as no answer', async () => {
    const bench = startBench({
      removals: 100,
      script: ({ number }) => (number % 2 === 0 ? refused : page(404)),
    });
    expect((await bench.finish()).stop?.reason).toBe('unrecognised-answer');
  });

  it('fails a few as their attempts are used up, where 20 answers never come', async () => {
    const bench = startBench({ removals: 3, script: () => page(404) });
    expect((await bench.finish()).stop).toBeUndefined();
    expect(bench.counts()).toEqual({ failed: 3 });
    expect(bench.api.sent).toHaveLength(15);
    expect(bench.lastOn(2)).toMatchObject({ reason: 'unrecognised-404', status: 404 });
  });

  it("does not take a redirect for the API's: pages after it still are a wrong address", async () => {
    const bench = startBench({
      removals: 6,
      script: ({ pair }) => (pair.user === 1 ? page(302) : page(404)),
      settings: { maxAttempts: 2, maxOutageMs: 60_000 },
    });
    expect((await bench.finish()).stop).toBeUndefined();
    expect(bench.counts()).toEqual({ failed: 6 });
  });

  it.each([
    {
      name: 'a certificate that is not trusted',
      reply: lost('tls', false, 'SELF_SIGNED_CERT_IN_CHAIN'),
      reason: 'tls',
      words: 'not trusted',
    },
    {
      name: 'something that speaks no HTTP',
      reply: lost('not-http', true, 'HPE_INVALID_CONSTANT'),
      reason: 'tls',
      words: 'http: or https:',
    },
    {
      name: 'a proxy that refuses',
      reply: lost('proxy', false, 'UND_ERR_ABORTED'),
      reason: 'proxy',
      words: 'proxy refuses',
    },
    { name: '407', reply: page(407), reason: 'proxy', words: 'proxy refuses' },
  ])('stops at once for $name', async ({ reply, reason, words }) => {
    const bench = startBench({ removals: 100, script: () => reply });
    const { stop } = await bench.finish();
    expect(stop).toMatchObject({ reason, message: expect.stringContaining(words) });
    expect(bench.api.sent.length).toBeLessThanOrEqual(8);
    expect(bench.counts()).toEqual({ 'not-attempted': 100 });
  });

  it('tries again where one answer of a known API is no HTTP', async () => {
    const bench = startBench({
      removals: 30,
      script: ({ number }) => (number === 10 ? lost('not-http', true, 'HPE_INVALID_CONSTANT') : removed),
    });
    expect((await bench.finish()).stop).toBeUndefined();
    expect(bench.counts()).toEqual({ removed: 30 });
  });
});
