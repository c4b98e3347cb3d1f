import { describe, expect, it } from 'vitest';
import type { JournalEvent } from '../../src/journal/journal-event.ts';
import { parseJournalLine, renderJournalLine } from '../../src/journal/journal-line.ts';
import { sampleEvents } from './sample-events.ts';

function problemOf(text: string): string | undefined {
  const parsed = parseJournalLine(text);
  return parsed.kind === 'problem' ? parsed.problem : undefined;
}

describe('a journal line', () => {
  it.each(Object.entries(sampleEvents))('is read back as it was written: %s', (_, event) => {
    const line = renderJournalLine(event);
    expect(line.endsWith('\n')).toBe(true);
    expect(line.trimEnd()).not.toContain('\n');
    expect(parseJournalLine(line)).toEqual({ kind: 'event', event });
  });

  it.each([
    { status: null, ms: null, outcome: 'failed' },
    { outcome: 'failed', lost: true },
    { reason: 'a "quoted" \\ reason\n\u2028' },
    { line: Number.MAX_SAFE_INTEGER, attempts: 65_535 },
    { detail: '' },
  ] as const)('of how a removal ended is read back as it was written: %o', (ending) => {
    const event: JournalEvent = { ...sampleEvents.settled, ...ending };
    expect(parseJournalLine(renderJournalLine(event))).toEqual({ kind: 'event', event });
  });

  it('is JSON, whatever a duration has become', () => {
    const event: JournalEvent = { ...sampleEvents.settled, ms: Number.NaN };
    expect(parseJournalLine(renderJournalLine(event))).toMatchObject({ event: { ms: null } });
  });

  it('is one line, whatever a server said', () => {
    const event: JournalEvent = { ...sampleEvents.settled, detail: 'a\nb\r\u2028"\\' };
    expect(renderJournalLine(event).split('\n')).toHaveLength(2);
    expect(parseJournalLine(renderJournalLine(event))).toEqual({ kind: 'event', event });
  });

  it.each([
    { name: 'nothing', text: '' },
    { name: 'zeros, as a file system leaves after a power cut', text: '\0\0\0\0' },
    { name: 'half a line', text: '{"event":"settled","line":2,"outc' },
    { name: 'two lines in one', text: '{"event":"warning","text":"a"}{"event":"warning","text":"b"}' },
    { name: 'a number', text: '5' },
    { name: 'null', text: 'null' },
    { name: 'an unknown event', text: '{"event":"sent"}' },
    { name: 'an event called as a property of every object', text: '{"event":"constructor"}' },
    { name: 'no event', text: '{}' },
  ])('is not trusted: $name', ({ text }) => {
    expect(problemOf(text)).toEqual(expect.any(String));
  });

  it.each([
    { of: 'settled', field: 'line', value: '2' },
    { of: 'settled', field: 'line', value: -2 },
    { of: 'settled', field: 'line', value: 2.5 },
    { of: 'settled', field: 'outcome', value: 'gone' },
    { of: 'settled', field: 'outcome', value: 'invalid' },
    { of: 'settled', field: 'attempts', value: undefined },
    { of: 'attempt', field: 'lost', value: 1 },
    { of: 'attempt', field: 'verdict', value: 'settled' },
    { of: 'starting', field: 'pass', value: 'third' },
    { of: 'starting', field: 'throughLine', value: null },
    { of: 'protected', field: 'lines', value: [2, '3'] },
    { of: 'session-started', field: 'settings', value: null },
    { of: 'session-ended', field: 'unsent', value: { fresh: [2] } },
    { of: 'session-ended', field: 'status', value: 'killed' },
    { of: 'run-created', field: 'input', value: 'list.csv' },
    { of: 'run-created', field: 'schemaVersion', value: '1' },
  ] as const)('is not trusted: $of with $field $value', ({ of, field, value }) => {
    expect(problemOf(JSON.stringify({ ...sampleEvents[of], [field]: value }))).toBeDefined();
  });

  it('says so where a newer version wrote it', () => {
    expect(problemOf(JSON.stringify({ ...sampleEvents['run-created'], schemaVersion: 3 }))).toBe(
      'was written by a newer version (schemaVersion 3)',
    );
  });
});
