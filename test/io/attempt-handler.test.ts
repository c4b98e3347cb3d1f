import { describe, expect, it } from 'vitest';
import { AttemptHandler } from '../../src/io/attempt-handler.ts';
import type { Deadline, Deadlines } from '../../src/io/deadlines.ts';

/** Deadlines that expire when the test says so. */
function createManualDeadlines() {
  const pending = new Set<Deadline>();
  const deadlines: Deadlines = {
    set: (deadline) => void pending.add(deadline),
    clear: (deadline) => void pending.delete(deadline),
    close: () => undefined,
  };
  const expire = () => {
    for (const deadline of pending) deadline.expire();
  };
  return { deadlines, pending, expire };
}

/** undici's side of one request: what it would call, and whether it was told to give up. */
function createExchange(secrets: readonly string[] = []) {
  const manual = createManualDeadlines();
  const sent = { times: 0 };
  const onSent = () => {
    sent.times += 1;
  };
  const attempt = new AttemptHandler({ deadlines: manual.deadlines, secrets, onSent });
  const controller = {
    aborted: false,
    abort() {
      this.aborted = true;
    },
  };
  return {
    attempt,
    controller,
    sent,
    pending: manual.pending,
    expire: manual.expire,
    start: () => attempt.onConnect(() => controller.abort()),
    head: (status: number, headers: Readonly<Record<string, string>> = {}) =>
      attempt.onHeaders(
        status,
        Object.entries(headers)
          .flat()
          .map((text) => Buffer.from(text)),
      ),
    data: (text: string) => attempt.onData(Buffer.from(text)),
    end: () => attempt.onComplete(),
    fail: (code: string) => attempt.onError(Object.assign(new Error(code), { code })),
  };
}

describe('an attempt', () => {
  it('ends with the answer once its body has ended, and its deadline with it', async () => {
    const exchange = createExchange();
    exchange.start();
    exchange.head(404, { Server: 'nginx', 'Retry-After': '3' });
    exchange.data('{"error":');
    exchange.data('"not_found"}');
    expect(exchange.pending.size).toBe(1);
    exchange.end();
    expect(exchange.pending.size).toBe(0);
    expect(await exchange.attempt.reply).toEqual({
      kind: 'response',
      status: 404,
      headers: { retryAfter: '3' },
      body: { kind: 'json', hasError: true, error: 'not_found' },
    });
  });

  it('may have arrived from the moment on that it was given a connection', async () => {
    const before = createExchange();
    before.fail('ECONNRESET');
    expect(await before.attempt.reply).toMatchObject({ mayHaveArrived: false });
    const after = createExchange();
    after.start();
    after.fail('ECONNRESET');
    expect(await after.attempt.reply).toMatchObject({ mayHaveArrived: true });
  });

  it('tells once that it was written, when it is given a connection', async () => {
    const exchange = createExchange();
    expect(exchange.sent.times).toBe(0);
    exchange.start();
    expect(exchange.sent.times).toBe(1);
    exchange.head(204);
    exchange.end();
    await exchange.attempt.reply;
    expect(exchange.sent.times).toBe(1);
  });

  it.each(['fail', 'expire', 'abort'] as const)(
    'tells once that nobody needs to wait for its writing, where it ends before it by %s',
    async (end) => {
      const exchange = createExchange();
      if (end === 'fail') exchange.fail('ECONNREFUSED');
      else if (end === 'expire') exchange.expire();
      else exchange.attempt.abort();
      expect(exchange.sent.times).toBe(1);
      if (end !== 'fail') exchange.start();
      await exchange.attempt.reply;
      expect(exchange.sent.times).toBe(1);
    },
  );

  it('is never written once it was given up: a connection that comes too late is let go', async () => {
    const exchange = createExchange();
    exchange.expire();
    exchange.start();
    expect(exchange.controller.aborted).toBe(true);
    expect(await exchange.attempt.reply).toMatchObject({ because: 'timeout', mayHaveArrived: false });
  });

  it.each(['timeout', 'aborted'] as const)('gives its connection up when it ends by %s', async (because) => {
    const exchange = createExchange();
    exchange.start();
    if (because === 'timeout') exchange.expire();
    else exchange.attempt.abort();
    expect(exchange.controller.aborted).toBe(true);
    exchange.fail('UND_ERR_ABORTED');
    expect(await exchange.attempt.reply).toMatchObject({ kind: 'lost', because, mayHaveArrived: true });
  });

  it('is not undone by what comes after its end', async () => {
    const exchange = createExchange();
    exchange.start();
    exchange.head(200);
    exchange.end();
    exchange.attempt.abort();
    exchange.fail('ECONNRESET');
    expect(exchange.controller.aborted).toBe(false);
    expect(await exchange.attempt.reply).toMatchObject({ status: 200, body: { kind: 'empty' } });
  });

  it('keeps the status where the body is lost, whoever lost it', async () => {
    for (const lose of ['fail', 'expire', 'abort'] as const) {
      const exchange = createExchange();
      exchange.start();
      exchange.head(410);
      exchange.data('{');
      if (lose === 'fail') exchange.fail('UND_ERR_SOCKET');
      else if (lose === 'expire') exchange.expire();
      else exchange.attempt.abort();
      expect(await exchange.attempt.reply, lose).toMatchObject({ status: 410, body: { kind: 'broken' } });
    }
  });

  it('takes no interim answer for the answer', async () => {
    const exchange = createExchange();
    exchange.start();
    exchange.head(103);
    exchange.fail('ECONNRESET');
    expect(await exchange.attempt.reply).toMatchObject({ kind: 'lost', mayHaveArrived: true });
  });

  it('ends as soon as a body is too long, and gives its connection up', async () => {
    const exchange = createExchange();
    exchange.start();
    exchange.head(404);
    exchange.data('x'.repeat(65_536));
    expect(exchange.controller.aborted).toBe(false);
    exchange.data('x');
    expect(exchange.controller.aborted).toBe(true);
    expect(await exchange.attempt.reply).toMatchObject({ status: 404, body: { kind: 'too-long' } });
  });

  it.each([
    { headers: { 'content-length': '5' }, isGivenUp: true },
    { headers: { 'transfer-encoding': 'chunked' }, isGivenUp: true },
    { headers: { 'content-length': '0' }, isGivenUp: false },
    { headers: {}, isGivenUp: false },
  ])('gives up the connection of a 204 with $headers: $isGivenUp', async ({ headers, isGivenUp }) => {
    const exchange = createExchange();
    exchange.start();
    exchange.head(204, headers);
    exchange.end();
    expect(exchange.controller.aborted).toBe(isGivenUp);
    expect(await exchange.attempt.reply).toMatchObject({ status: 204, body: { kind: 'empty' } });
  });

  it('keeps no secret that the answer echoes', async () => {
    const exchange = createExchange(['hush']);
    exchange.start();
    exchange.head(403);
    exchange.data('{"error":"no","detail":"not with hush"}');
    exchange.end();
    expect(JSON.stringify(await exchange.attempt.reply)).not.toContain('hush');
  });
});
