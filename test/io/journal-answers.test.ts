import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type JournalAnswers, openJournalAnswers } from '../../src/io/journal-answers.ts';
import type { Settled } from '../../src/journal/journal-event.ts';
import { renderJournalLine } from '../../src/journal/journal-line.ts';
import { sampleEvents } from '../journal/sample-events.ts';

let folder: string;
let answers: JournalAnswers;
let offsets: number[];
let events: readonly Settled[];

/** As many bytes as fill more blocks than are kept in memory, with lines that lie across their borders. */
const count = 30_000;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'offboard-answers-'));
  const path = join(folder, 'journal.ndjson');
  events = Array.from({ length: count }, (_, index) => ({
    ...sampleEvents.settled,
    line: index + 2,
    detail: 'é'.repeat(index % 50),
  }));
  offsets = [];
  let end = 0;
  const lines = events.map((event) => {
    const line = renderJournalLine(event);
    offsets.push(end);
    end += Buffer.byteLength(line);
    return line;
  });
  writeFileSync(path, lines.join(''));
  answers = openJournalAnswers(path);
});
afterEach(() => {
  answers.close();
  rmSync(folder, { recursive: true });
});

it('reads every line by its offset, forwards and backwards', () => {
  expect(offsets.at(-1)).toBeGreaterThan(9 * 256 * 1024);
  for (let index = 0; index < count; index += 1) {
    if (answers.answerAt(offsets[index] ?? -1).line !== index + 2) expect.fail(`wrong line at ${index}`);
  }
  for (let index = count - 1; index >= 0; index -= 97) {
    expect(answers.answerAt(offsets[index] ?? -1)).toEqual(events[index]);
  }
});

it('reads lines in any order', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: count - 1 }), { minLength: 30, maxLength: 30 }), (indexes) => {
      for (const index of indexes) expect(answers.answerAt(offsets[index] ?? -1)).toEqual(events[index]);
    }),
    { seed: 20261125, numRuns: 30 },
  );
});

it('reads a line that is longer than several blocks', () => {
  const path = join(folder, 'long.ndjson');
  const long = { ...sampleEvents.settled, detail: 'é'.repeat(400_000) };
  const next = { ...sampleEvents.settled, line: 3 };
  writeFileSync(path, renderJournalLine(long) + renderJournalLine(next));
  const opened = openJournalAnswers(path);
  expect(opened.answerAt(0)).toEqual(long);
  expect(opened.answerAt(Buffer.byteLength(renderJournalLine(long)))).toEqual(next);
  opened.close();
});
