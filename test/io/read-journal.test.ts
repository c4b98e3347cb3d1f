import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readJournal, refuseUnreadableJournal } from '../../src/io/read-journal.ts';
import type { JournalEvent } from '../../src/journal/journal-event.ts';
import { renderJournalLine } from '../../src/journal/journal-line.ts';
import { sampleEvents } from '../journal/sample-events.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'offboard-read-journal-'));
  path = join(folder, 'journal.ndjson');
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const chunkBytes = 256 * 1024;
const warning = (text: string): JournalEvent => ({ event: 'warning', at: sampleEvents.warning.at, text });

async function read(content: string | Buffer) {
  writeFileSync(path, content);
  const events: JournalEvent[] = [];
  const offsets: number[] = [];
  const extent = await readJournal(path, (event, offset) => {
    events.push(event);
    offsets.push(offset);
    return undefined;
  });
  return { events, offsets, ...extent };
}

describe('readJournal', () => {
  it('finds nothing in an empty file', async () => {
    expect(await read('')).toEqual({ events: [], offsets: [], bytes: 0, tornBytes: 0 });
  });

  it.each([-2, -1, 0, 1, 2])(
    'reads a line that ends %d bytes from where one read ends and the next begins',
    async (shift) => {
      const overhead = Buffer.byteLength(renderJournalLine(warning('')));
      // Two bytes a character: a read also ends within one.
      const first = warning('é'.repeat(Math.floor((chunkBytes + shift - overhead) / 2)));
      const events = [first, warning('next'), warning('é'.repeat(chunkBytes)), warning('last')];
      const lines = events.map(renderJournalLine);
      const { offsets, ...rest } = await read(lines.join(''));
      expect(rest).toEqual({ events, bytes: Buffer.byteLength(lines.join('')), tornBytes: 0 });
      expect(offsets).toEqual(lines.map((_, index) => Buffer.byteLength(lines.slice(0, index).join(''))));
    },
  );

  it('reads what is whole of a journal that was cut anywhere, and says how much is not', async () => {
    const lines = Object.values(sampleEvents).map((event) => renderJournalLine(event));
    const whole = Buffer.from(lines.join(''));
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: whole.length }), async (length) => {
        const { events, bytes, tornBytes } = await read(whole.subarray(0, length));
        expect(bytes + tornBytes).toBe(length);
        expect(Buffer.from(events.map(renderJournalLine).join(''))).toEqual(whole.subarray(0, bytes));
        expect(whole.subarray(bytes, length).includes('\n')).toBe(false);
      }),
      { seed: 20261125, numRuns: 200 },
    );
  });

  it('takes zeros at the end, as a power loss leaves them, for a torn line', async () => {
    const line = renderJournalLine(warning('a'));
    expect(await read(`${line}${'\0'.repeat(4_096)}`)).toMatchObject({
      bytes: line.length,
      tornBytes: 4_096,
    });
  });

  it.each([
    { name: 'is no JSON', line: 'garbage', says: 'line 2 is not JSON' },
    { name: 'is blank', line: '', says: 'line 2 is not JSON' },
    { name: 'is no event', line: '[]', says: 'line 2 is no event that this version knows' },
    { name: 'is of a kind nobody knows', line: '{"event":"more"}', says: 'no event that this version knows' },
    {
      name: 'was written by a newer version',
      line: JSON.stringify({ ...sampleEvents['run-created'], schemaVersion: 3 }),
      says: 'line 2 was written by a newer version (schemaVersion 3)',
    },
    {
      name: 'has a line number that is none',
      line: JSON.stringify({ ...sampleEvents.settled, line: -1 }),
      says: 'line 2 has no right line',
    },
  ])('refuses the whole where a line $name', async ({ line, says }) => {
    const reading = read(`${renderJournalLine(warning('a'))}${line}\n${renderJournalLine(warning('b'))}`);
    await expect(reading).rejects.toMatchObject({ exit: 'mismatch' });
    await expect(reading).rejects.toThrow(`the journal ${path} cannot be trusted: `);
    await expect(reading).rejects.toThrow(says);
  });

  it('refuses the whole where an event does not belong to the input', async () => {
    writeFileSync(path, renderJournalLine(sampleEvents.settled));
    const reading = readJournal(path, () => 'is of another world');
    await expect(reading).rejects.toMatchObject({ exit: 'mismatch' });
    await expect(reading).rejects.toThrow('line 1 is of another world');
  });
});

describe('refuseUnreadableJournal', () => {
  it.each([undefined, '', '{"event":"run-cre', '\0\0\0'])('has nothing against %j', async (content) => {
    if (content !== undefined) writeFileSync(path, content);
    await refuseUnreadableJournal(path);
  });

  it.each(['hello\n', renderJournalLine(sampleEvents.settled), '\n'])('refuses %j', async (content) => {
    writeFileSync(path, content);
    await expect(refuseUnreadableJournal(path)).rejects.toMatchObject({ exit: 'mismatch' });
  });

  it('says where it may not be read', async () => {
    mkdirSync(path);
    await expect(refuseUnreadableJournal(path)).rejects.toMatchObject({
      exit: 'defect',
      message: expect.stringContaining(`the journal ${path} cannot be read: EISDIR`),
    });
  });
});
