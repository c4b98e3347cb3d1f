import { describe, expect, it } from 'vitest';
import type { Log, LogFields, Progress } from '../../src/effects.ts';
import { startProgress } from '../../src/io/progress-line.ts';
import { createFakeClock } from '../support/fake-clock.ts';

const erase = '\r\u001b[K';

/** Progress that makes a removal every 100 ms, as a stream or a log sees it. */
function show({ isTerminal }: { readonly isTerminal: boolean }) {
  const clock = createFakeClock();
  const written: string[] = [];
  const logged: { event: string; fields: LogFields; message: string }[] = [];
  const window = { columns: 80 as number | undefined };
  const silent = () => {};
  const log: Log = {
    debug: silent,
    info: (event, fields, message) => void logged.push({ event, fields, message }),
    warn: silent,
    error: silent,
  };
  const read = (): Progress => {
    const done = Math.floor(clock.now() / 100);
    return { removals: 10_000, done, counts: { removed: done }, sent: done, situation: { kind: 'running' } };
  };
  const line = startProgress({
    stream: { write: (text) => written.push(text) },
    isTerminal,
    hasColours: false,
    columns: () => window.columns,
    log,
    clock,
    read,
  });
  return { line, clock, written, logged, window };
}

describe('on a terminal', () => {
  it('draws the line again five times a second and never more often', async () => {
    const { clock, written, logged } = show({ isTerminal: true });
    await clock.advance(10_000);
    expect(written).toHaveLength(50);
    expect(written.every((text) => text.startsWith(erase) && !text.includes('\n'))).toBe(true);
    expect(written.at(-1)).toContain('100/10,000  1 %  10.0/s  16 m 30 s left  removed 100');
    expect(logged).toEqual([]);
  });

  it('never fills the window, whose width may change or be unknown', async () => {
    const { clock, written, window } = show({ isTerminal: true });
    for (const columns of [20, 400, 1, 0, undefined, 1_000, 37]) {
      window.columns = columns;
      await clock.advance(200);
      const width = (written.at(-1) ?? '').length - erase.length;
      expect(width).toBeLessThan(Math.min(400, Math.max(20, columns || 80)));
    }
  });

  it('makes way for another line and comes back as it was', async () => {
    const { line, clock, written } = show({ isTerminal: true });
    await clock.advance(200);
    const [drawn] = written;
    line.clearLine();
    line.redraw();
    expect(written).toEqual([drawn, erase, drawn]);
  });

  it('writes nothing before its first drawing', () => {
    const { line, written } = show({ isTerminal: true });
    line.clearLine();
    line.redraw();
    line.stop();
    expect(written).toEqual([]);
  });

  it('leaves nothing behind once it is stopped, and wakes nobody', async () => {
    const { line, clock, written } = show({ isTerminal: true });
    await clock.advance(400);
    line.stop();
    expect(written.at(-1)).toBe(erase);
    const before = written.length;
    line.clearLine();
    line.redraw();
    line.stop();
    await clock.advance(60_000);
    expect(written).toHaveLength(before);
    expect(clock.sleepers()).toBe(0);
  });
});

describe('elsewhere', () => {
  it('logs one line a minute with the same facts', async () => {
    const { line, clock, written, logged } = show({ isTerminal: false });
    await clock.advance(59_999);
    expect(logged).toEqual([]);
    await clock.advance(60_001);
    expect(logged.map(({ event, message }) => [event, message])).toEqual([
      ['run.progress', '6 % of 10,000 removals done'],
      ['run.progress', '12 % of 10,000 removals done'],
    ]);
    expect(logged[1]?.fields).toEqual({
      done: 1_200,
      removals: 10_000,
      percent: 12,
      requestsPerSecond: 10,
      secondsLeft: 880,
      situation: 'running',
      removed: 1_200,
    });
    line.clearLine();
    line.redraw();
    line.stop();
    await clock.advance(600_000);
    expect(logged).toHaveLength(2);
    expect(written).toEqual([]);
  });
});
