import { describe, expect, it } from 'vitest';
import { FatalError } from '../../src/exit-code.ts';
import { page, refused, removed, throttled } from '../support/replies.ts';
import { startBench } from '../support/session-bench.ts';

const slow = () => ({ reply: removed, afterMs: 1_000 });

describe('startExecution, when it is stopped', () => {
  it('lets what is in flight end within the grace after a signal, and starts nothing more', async () => {
    const bench = startBench({ removals: 100, script: slow });
    await bench.clock.advance(2_500);
    const sent = bench.api.sent.length;
    bench.execution.interrupt('SIGTERM');
    expect(bench.execution.situation()).toMatchObject({
      kind: 'stopping',
      because: 'interrupted',
      remainingMs: 20_000,
    });
    const { stop } = await bench.finish();
    expect(stop).toEqual({ reason: 'interrupted', message: 'Stopped by SIGTERM.' });
    expect(bench.api.sent).toHaveLength(sent);
    expect(bench.counts()).toEqual({ removed: sent, 'not-attempted': 100 - sent });
    expect(bench.clock.now()).toBeLessThan(3_600);
  });

  it.each([
    { name: 'a signal', settings: {}, signal: 'SIGTERM' },
    { name: 'the time limit', settings: { startUntil: 500, cutAt: 5_000 }, signal: undefined },
  ])('has come to its end where $name finds the last requests in flight, and they end well', async (row) => {
    const bench = startBench({ removals: 4, script: slow, settings: row.settings });
    await bench.clock.advance(500);
    if (row.signal !== undefined) bench.execution.interrupt(row.signal);
    expect((await bench.finish()).stop).toBeUndefined();
    expect(bench.counts()).toEqual({ removed: 4 });
  });

  it('has not where one of them has to be tried again', async () => {
    const bench = startBench({
      removals: 4,
      script: ({ number }) => (number === 4 ? { reply: page(502), afterMs: 1_000 } : slow()),
    });
    await bench.clock.advance(500);
    bench.execution.interrupt('SIGTERM');
    expect((await bench.finish()).stop?.reason).toBe('interrupted');
    expect(bench.counts()).toEqual({ removed: 3, 'not-attempted': 1 });
  });

  it('gives what is in flight its time also where an answer is what stops it', async () => {
    const bench = startBench({
      removals: 100,
      script: ({ number }) => (number === 5 ? throttled(3_600) : slow()),
    });
    expect((await bench.finish()).stop?.reason).toBe('throttled');
    expect(bench.counts()).toEqual({
      removed: bench.api.sent.length - 1,
      'not-attempted': 101 - bench.api.sent.length,
    });
  });

  it('cuts what outlasts the grace: it may have been done', async () => {
    const bench = startBench({
      removals: 20,
      script: () => ({ reply: removed, afterMs: Number.POSITIVE_INFINITY }),
      settings: { graceMs: 5_000 },
    });
    await bench.clock.advance(1_000);
    bench.execution.interrupt('SIGINT');
    const { stop } = await bench.finish();
    expect(stop?.reason).toBe('interrupted');
    expect(bench.clock.now()).toBe(6_000);
    expect(bench.counts()).toEqual({ 'not-attempted': 20 });
    expect(bench.lastOn(2)).toMatchObject({ reason: 'aborted', lost: true, status: null });
    for (let index = 0; index < 20; index += 1) expect(bench.ledger.hasLostReply(index)).toBe(index < 8);
  });

  it('cuts what hangs when an outage has lasted too long, also while the clock moves on between two looks', async () => {
    const bench = startBench({
      removals: 40,
      script: ({ number }) => ({ reply: refused, afterMs: number < 4 ? 10 : Number.POSITIVE_INFINITY }),
      settings: { maxOutageMs: 9_500 },
      lookMs: 0.01,
    });
    expect((await bench.finish()).stop?.reason).toBe('outage');
    expect(bench.clock.now()).toBeLessThan(9_700);
  });

  it('does not wait for what waits for its backoff', async () => {
    const bench = startBench({ removals: 5, script: () => page(503, { retryAfter: '300' }) });
    await bench.clock.advance(1_000);
    expect(bench.execution.situation()).toMatchObject({ kind: 'waiting' });
    bench.execution.interrupt('SIGTERM');
    await bench.finish();
    expect(bench.clock.now()).toBe(1_000);
  });

  it('stops in the middle of a hold', async () => {
    const bench = startBench({
      removals: 50,
      script: ({ number }) => (number === 5 ? throttled(60) : removed),
    });
    await bench.clock.advance(10_000);
    bench.execution.interrupt('SIGTERM');
    expect((await bench.finish()).stop?.reason).toBe('interrupted');
    expect(bench.clock.now()).toBe(10_000);
  });

  it('stays with the first reason to stop', async () => {
    const bench = startBench({ removals: 100, script: slow, settings: { startUntil: 3_000, cutAt: 10_000 } });
    await bench.clock.advance(2_500);
    bench.execution.interrupt('SIGTERM');
    bench.execution.interrupt('SIGINT');
    expect((await bench.finish()).stop?.message).toBe('Stopped by SIGTERM.');
  });

  it('is given no more time by a second reason than by the first', async () => {
    const bench = startBench({
      removals: 20,
      script: () => ({ reply: removed, afterMs: Number.POSITIVE_INFINITY }),
      settings: { graceMs: 5_000, startUntil: 2_000, cutAt: 60_000 },
    });
    await bench.clock.advance(1_000);
    bench.execution.interrupt('SIGTERM');
    await bench.finish();
    expect(bench.clock.now()).toBe(6_000);
  });

  it('starts nothing after the time limit, and cuts what is still in flight in time for the report', async () => {
    const bench = startBench({
      removals: 1_000,
      script: ({ number }) => ({
        reply: removed,
        afterMs: number % 50 === 0 ? Number.POSITIVE_INFINITY : 100,
      }),
      settings: { startUntil: 5_000, cutAt: 8_000 },
    });
    const { stop } = await bench.finish();
    expect(stop?.reason).toBe('time-limit');
    expect(bench.api.sent.at(-1)?.at).toBeLessThan(5_000);
    expect(bench.clock.now()).toBe(8_000);
    expect(bench.counts()['not-attempted']).toBeGreaterThan(500);
  });

  it('says which covered removals were never sent', async () => {
    const bench = startBench({ removals: 100, script: slow, settings: { ratePerSecond: 2, concurrency: 4 } });
    await bench.clock.advance(3_100);
    bench.execution.interrupt('SIGTERM');
    const { unsent } = await bench.finish();
    expect(unsent.fresh.length).toBeGreaterThan(0);
    expect(unsent.fresh[0]).toBe(bench.api.sent.length + 2);
    for (const line of unsent.fresh) expect(bench.ledger.isCovered(line - 2)).toBe(false);
  });

  it('sends nothing more once the journal cannot be written', async () => {
    const bench = startBench({ removals: 100, script: slow });
    await bench.clock.advance(1_500);
    const sent = bench.api.sent.length;
    bench.journal.fail(new Error('the journal cannot be written: ENOSPC'));
    const { stop } = await bench.finish();
    expect(stop).toEqual({ reason: 'journal', message: 'the journal cannot be written: ENOSPC' });
    expect(bench.api.sent).toHaveLength(sent);
  });

  it('sends nothing while the lock is not renewed, and goes on when it is', async () => {
    const bench = startBench({ removals: 100, script: () => removed });
    await bench.clock.advance(300);
    bench.lock.mayStart = false;
    await bench.clock.advance(100);
    const sent = bench.api.sent.length;
    await bench.clock.advance(60_000);
    expect(bench.api.sent).toHaveLength(sent);
    bench.lock.mayStart = true;
    bench.lock.changed();
    await bench.finish();
    expect(bench.counts()).toEqual({ removed: 100 });
  });

  it('ends in the error of a lost folder, cuts what is in flight and writes nothing more', async () => {
    const bench = startBench({ removals: 100, script: slow });
    await bench.clock.advance(2_500);
    bench.lock.failure = new FatalError('held', 'another run has taken over the run folder');
    bench.lock.changed();
    const written = bench.journal.events.length;
    await expect(bench.clock.runUntil(bench.execution.result)).rejects.toThrow('another run has taken over');
    await bench.clock.advance(10_000);
    expect(bench.journal.events).toHaveLength(written);
    expect(bench.api.inFlight()).toBe(0);
  });

  it('ends in the error where a line does not fit, and does not go on', async () => {
    const bench = startBench({ removals: 100, script: slow });
    await bench.clock.advance(500);
    bench.journal.append = () => {
      throw new Error('an event does not fit the input');
    };
    await expect(bench.clock.runUntil(bench.execution.result)).rejects.toThrow('does not fit');
    const sent = bench.api.sent.length;
    await bench.clock.advance(60_000);
    expect(bench.api.sent).toHaveLength(sent);
  });
});
