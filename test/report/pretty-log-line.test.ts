import { describe, expect, it } from 'vitest';
import { prettyLogLine } from '../../src/report/pretty-log-line.ts';

const entry = {
  level: 'warn',
  time: '2026-11-24T23:53:42.123Z',
  event: 'pacer.held',
  runId: 'r',
  message: 'held',
};
const time = new Date(entry.time).toTimeString().slice(0, 8);

describe('prettyLogLine', () => {
  it('is short: local time, level, message and what belongs to it', () => {
    expect(prettyLogLine({ ...entry, waitMs: 42, host: 'a.b', why: 'too many', none: null }, false)).toBe(
      `${time} warn  held  waitMs=42  host=a.b  why="too many"  none=null\n`,
    );
  });

  it.each([
    ['debug', '\u001b[2m'],
    ['warn', '\u001b[33m'],
    ['error', '\u001b[31m'],
  ])('colours the head of %s', (level, colour) => {
    const line = prettyLogLine({ ...entry, level, why: 'x  y' }, true);
    expect(line).toBe(`${colour}${time} ${level.padEnd(5)}\u001b[0m held  why="x  y"\n`);
  });

  it('leaves info without colour', () => {
    expect(prettyLogLine({ ...entry, level: 'info' }, true)).not.toContain('\u001b');
  });

  it('stays one line that moves no cursor, whatever it has to say', () => {
    const hostile = '\u001b[2J\r\n\u009b31m\u202e"x=1';
    const line = prettyLogLine({ ...entry, message: hostile, detail: hostile, [hostile]: 1 }, false);
    expect(line.slice(0, -1)).toMatch(/^[\x20-\x7e]+$/);
    expect(line.endsWith('\n')).toBe(true);
  });

  it('puts what could be taken for another field in quotes', () => {
    expect(prettyLogLine({ ...entry, detail: 'a" b=1' }, false)).toContain('detail="a\\" b=1"\n');
    expect(prettyLogLine({ ...entry, detail: '' }, false)).toContain('detail=""\n');
  });
});
