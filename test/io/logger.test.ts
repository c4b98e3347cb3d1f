import { describe, expect, it } from 'vitest';
import { createLogger, type LoggerOptions } from '../../src/io/logger.ts';

function startLog(options: Partial<LoggerOptions> = {}) {
  const lines: string[] = [];
  const log = createLogger({
    write: (line) => void lines.push(line),
    level: 'info',
    format: 'json',
    hasColours: false,
    runId: () => undefined,
    redact: (text) => text,
    ...options,
  });
  return { log, lines };
}

describe('createLogger', () => {
  it('writes one JSON line an event, level and time as words', () => {
    const { log, lines } = startLog({ runId: () => 'r1' });
    log.warn('pacer.held', { waitMs: 42, host: 'h', none: undefined, nil: null }, 'held');
    expect(lines).toHaveLength(1);
    expect(lines[0]?.endsWith('}\n')).toBe(true);
    const { time, ...rest } = JSON.parse(lines[0] ?? '') as Record<string, unknown>;
    expect(rest).toEqual({
      level: 'warn',
      event: 'pacer.held',
      runId: 'r1',
      waitMs: 42,
      host: 'h',
      nil: null,
      message: 'held',
    });
    expect(new Date(String(time)).toISOString()).toBe(time);
  });

  it('names the run from when it has a name', () => {
    let runId: string | undefined;
    const { log, lines } = startLog({ runId: () => runId });
    log.info('a', {}, 'before');
    runId = 'r1';
    log.info('b', {}, 'after');
    expect(lines.map((line) => (JSON.parse(line) as { runId?: string }).runId)).toEqual([undefined, 'r1']);
  });

  it.each([
    ['debug', ['debug', 'info', 'warn', 'error']],
    ['info', ['info', 'warn', 'error']],
    ['warn', ['warn', 'error']],
    ['error', ['error']],
  ] as const)('keeps what is less serious than %s to itself', (level, logged) => {
    const { log, lines } = startLog({ level });
    for (const name of ['debug', 'info', 'warn', 'error'] as const) log[name](name, {}, name);
    expect(lines.map((line) => (JSON.parse(line) as { level: string }).level)).toEqual(logged);
  });

  it('writes for people where that is asked for', () => {
    const { log, lines } = startLog({ format: 'pretty' });
    log.info('run.started', { line: 7 }, 'off we go');
    expect(lines.join('')).toMatch(/^\d\d:\d\d:\d\d info {2}off we go {2}line=7\n$/);
  });

  it.each(['json', 'pretty'] as const)(
    'lets no secret through as %s, not even one that JSON would escape',
    (format) => {
      const secret = 'sk-"hunter2\\';
      const { log, lines } = startLog({ format, redact: (text) => text.replaceAll(secret, '[api key]') });
      log.info('e', { detail: `Bearer ${secret}.` }, `key ${secret}`);
      expect(lines.join('')).not.toContain('hunter2');
      expect(lines.join('').split('[api key]')).toHaveLength(3);
    },
  );

  it.each(['json', 'pretty'] as const)(
    'writes hostile text as plain %s that reads back the same',
    (format) => {
      const hostile = '\u001b[2J\u009b31m\u202e\u2028\n\u{e0041}\ud800';
      const { log, lines } = startLog({ format });
      log.info('e', { detail: hostile }, hostile);
      expect(lines.join('').slice(0, -1)).toMatch(/^[\x20-\x7e]+$/);
      if (format === 'json')
        expect(JSON.parse(lines[0] ?? '')).toMatchObject({ detail: hostile, message: hostile });
    },
  );
});
