import { describe, expect, it } from 'vitest';
import type { KeySource } from '../../src/effects.ts';
import { page, removed, throttled, unauthorized } from '../support/replies.ts';
import type { Scripted, ScriptedRequest } from '../support/scripted-api.ts';
import { startBench } from '../support/session-bench.ts';
import { sessionEnded, sessionStarted, settledOn } from '../support/session-events.ts';

/** A key file whose content a test changes. */
function keyFile(text: string | undefined): KeySource & { text: string | undefined; reads: number } {
  return {
    kind: 'file',
    text,
    reads: 0,
    read() {
      this.reads += 1;
      return Promise.resolve(this.text);
    },
  };
}

/** Answers the good key alone, and any key before `from`. */
function accepts(good: string, from: number): (request: ScriptedRequest) => Scripted {
  return ({ key, at }) => (at < from || key === good ? removed : unauthorized);
}

describe('startExecution, when the key is refused', () => {
  it('stops at once where the key is from the environment, and sends what is in flight to its end', async () => {
    const bench = startBench({
      removals: 100,
      script: ({ number }) => (number === 10 ? unauthorized : { reply: removed, afterMs: 200 }),
    });
    const { stop } = await bench.finish();
    expect(stop).toMatchObject({
      reason: 'unauthorized',
      message: expect.stringContaining('PARADIGM_API_KEY'),
    });
    const refusedAt = (bench.api.sent[9]?.at ?? 0) + 10;
    expect(bench.api.sent.filter(({ at }) => at > refusedAt)).toEqual([]);
    expect(bench.counts()).toEqual({
      removed: bench.api.sent.length - 1,
      'not-attempted': 101 - bench.api.sent.length,
    });
    expect(bench.outcomeOn(bench.api.sent[9]?.pair.user ?? 0)).not.toBe('failed');
  });

  it('stops at once where a key from a file was never accepted', async () => {
    const keySource = keyFile('key-1');
    const bench = startBench({ removals: 20, keySource, script: () => unauthorized });
    const { stop } = await bench.finish();
    expect(stop?.reason).toBe('unauthorized');
    expect(stop?.message).toContain('key file');
    expect(bench.clock.now()).toBeLessThan(1_000);
    expect(bench.counts()).toEqual({ 'not-attempted': 20 });
    expect(keySource.reads).toBe(0);
  });

  it.each([
    { name: 'waits for another key where an earlier session used this one', before: 'key-1', waits: true },
    { name: 'stops at once where an earlier session used another key', before: 'key-0', waits: false },
  ])('$name with success', async ({ before, waits }) => {
    const keySource = keyFile('key-1');
    const bench = startBench({
      removals: 20,
      keySource,
      earlier: [
        sessionStarted({ apiKeyFingerprint: `sha256:${before}` }),
        { event: 'starting', pass: 'fresh', throughLine: 2 },
        settledOn(2),
        sessionEnded({ status: 'stopped', reason: 'interrupted' }),
      ],
      script: accepts('key-2', 0),
    });
    await bench.clock.advance(1_000);
    keySource.text = 'key-2';
    expect((await bench.finish()).stop?.reason).toBe(waits ? undefined : 'unauthorized');
    expect(bench.counts()).toEqual(waits ? { removed: 20 } : { removed: 1, 'not-attempted': 19 });
  });

  it('takes no redirect for a sign that the key was accepted', async () => {
    const keySource = keyFile('key-1');
    const bench = startBench({
      removals: 20,
      keySource,
      script: ({ number }) => (number < 10 ? page(302) : unauthorized),
    });
    expect((await bench.finish()).stop?.reason).toBe('unauthorized');
    expect(bench.clock.now()).toBeLessThan(1_000);
    expect(keySource.reads).toBe(0);
  });

  it('reads the file no more when it is stopped meanwhile', async () => {
    const keySource = keyFile('key-1');
    const bench = startBench({ removals: 100, keySource, script: accepts('key-2', 300) });
    await bench.clock.advance(5_000);
    bench.execution.interrupt('SIGTERM');
    await bench.finish();
    const { reads } = keySource;
    await bench.clock.advance(100_000);
    expect(keySource.reads).toBe(reads);
  });

  it('reads the file every 2 s until it holds another key, then all goes on and no attempt is used up', async () => {
    const keySource = keyFile('key-1');
    const bench = startBench({
      removals: 100,
      keySource,
      script: accepts('key-2', 300),
      settings: { maxAttempts: 1 },
    });
    await bench.clock.advance(20_000);
    expect(bench.execution.situation()).toMatchObject({ kind: 'key-refused' });
    expect(keySource.reads).toBe(9);
    const sent = bench.api.sent.length;
    keySource.text = undefined;
    await bench.clock.advance(5_000);
    keySource.text = 'key-2';
    await bench.clock.advance(2_000);
    expect(bench.api.sent.length).toBeGreaterThan(sent);
    expect((await bench.finish()).stop).toBeUndefined();
    expect(bench.counts()).toEqual({ removed: 100 });
    expect(bench.api.sent.slice(sent).every(({ key }) => key === 'key-2')).toBe(true);
    expect(bench.events().filter(({ event }) => event === 'key-changed')).toHaveLength(1);
  });

  it('takes a 401 that comes late to the old key for no refusal of the new one', async () => {
    const keySource = keyFile('key-1');
    const bench = startBench({
      removals: 60,
      keySource,
      script: ({ key, at, number }) => {
        if (key === 'key-2' || at < 100) return removed;
        return number % 2 === 0 ? unauthorized : { reply: unauthorized, afterMs: 9_000 };
      },
    });
    keySource.text = 'key-2';
    expect((await bench.finish()).stop).toBeUndefined();
    expect(bench.counts()).toEqual({ removed: 60 });
  });

  it('rotates as often as keys are changed', async () => {
    const keySource = keyFile('key-1');
    const bench = startBench({
      removals: 300,
      keySource,
      script: ({ key, number }) => {
        if (number === 100) keySource.text = 'key-2';
        if (number === 200) keySource.text = 'key-3';
        return key === (keySource.text ?? '') ? removed : unauthorized;
      },
    });
    expect((await bench.finish()).stop).toBeUndefined();
    expect(bench.counts()).toEqual({ removed: 300 });
    expect(bench.events().filter(({ event }) => event === 'key-changed')).toHaveLength(2);
  });

  it('stops after 90 s without another key', async () => {
    const keySource = keyFile('key-1');
    const bench = startBench({ removals: 100, keySource, script: accepts('key-2', 300) });
    const { stop } = await bench.finish();
    expect(stop?.reason).toBe('unauthorized');
    expect(bench.clock.now()).toBeGreaterThanOrEqual(90_000);
    expect(bench.clock.now()).toBeLessThan(93_000);
    expect(bench.counts()['not-attempted']).toBeGreaterThan(50);
    expect(bench.counts()['failed']).toBeUndefined();
  });

  it.each([
    { name: 'failed', late: { reply: page(502), afterMs: 4_000 }, next: removed },
    {
      name: 'fails after it came',
      late: { reply: page(502), afterMs: 62_000 },
      next: { reply: removed, afterMs: 5_000 },
    },
    { name: 'was throttled', late: { reply: throttled(1), afterMs: 4_000 }, next: throttled(1) },
  ])(
    'counts no time that it waits for another key towards --max-outage: what was in flight $name',
    async (row) => {
      const keySource = keyFile('key-1');
      const bench = startBench({
        removals: 60,
        keySource,
        script: ({ key, number, at }) => {
          if (key === 'key-2') return at < 70_000 ? row.next : removed;
          if (number <= 30) return removed;
          return number === 33 ? unauthorized : row.late;
        },
        settings: { maxOutageMs: 30_000, ratePerSecond: 1_000 },
      });
      await bench.clock.advance(59_000);
      expect(bench.execution.situation()).toMatchObject({ kind: 'key-refused' });
      keySource.text = 'key-2';
      expect((await bench.finish()).stop).toBeUndefined();
      expect(bench.counts()).toEqual({ removed: 60 });
    },
  );

  it('stops at once where the new key is refused before it was accepted', async () => {
    const keySource = keyFile('key-1');
    const bench = startBench({ removals: 100, keySource, script: accepts('key-3', 300) });
    await bench.clock.advance(1_000);
    keySource.text = 'key-2';
    const { stop } = await bench.finish();
    expect(stop?.reason).toBe('unauthorized');
    expect(bench.clock.now()).toBeLessThan(5_000);
  });

  it('stops after 90 s as well where reading the file never ends', async () => {
    const keySource: KeySource = { kind: 'file', read: () => new Promise(() => undefined) };
    const bench = startBench({ removals: 100, keySource, script: accepts('key-2', 300) });
    expect((await bench.finish()).stop?.reason).toBe('unauthorized');
    expect(bench.clock.now()).toBeLessThan(93_000);
  });

  it('survives a file that cannot be read for a moment', async () => {
    let reads = 0;
    const keySource: KeySource = {
      kind: 'file',
      read() {
        reads += 1;
        return reads < 4 ? Promise.reject(new Error('EIO')) : Promise.resolve('key-2');
      },
    };
    const bench = startBench({ removals: 50, keySource, script: accepts('key-2', 200) });
    expect((await bench.finish()).stop).toBeUndefined();
    expect(bench.counts()).toEqual({ removed: 50 });
  });
});
