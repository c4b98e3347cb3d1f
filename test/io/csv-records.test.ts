import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FatalError } from '../../src/exit-code.ts';
import { readCsvRecords } from '../../src/io/csv-records.ts';
import type { ColumnNames } from '../../src/plan/column-mapping.ts';
import type { InputRecord } from '../../src/plan/parse-record.ts';

/** Cut between characters, as decoders do. */
async function* inPieces(text: string, lengths: readonly number[]): AsyncGenerator<string> {
  const characters = Array.from(text);
  let at = 0;
  for (let n = 0; at < characters.length; n++) {
    const length = lengths[n % lengths.length] ?? 1;
    yield characters.slice(at, at + length).join('');
    at += length;
  }
}

async function readAll(text: string, lengths: readonly number[] = [65_536], names: ColumnNames = {}) {
  const csv = await readCsvRecords(inPieces(text, lengths), 'pairs.csv', names);
  const records: InputRecord[] = [];
  for await (const batch of csv.batches) records.push(...batch);
  return { delimiter: csv.delimiter, records: [csv.header, ...records] };
}

async function refusal(text: string, lengths?: readonly number[]): Promise<string> {
  const error = await readAll(text, lengths).then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (!(error instanceof FatalError) || error.exit !== 'usage')
    throw new Error(`not refused: ${String(error)}`);
  return error.message;
}

describe('readCsvRecords', () => {
  it.each([
    { name: 'mixed line ends', text: 'a,b\r1,2\r\n3,4\n5,6', lines: [1, 2, 3, 4] },
    { name: 'blank lines', text: 'a,b\n\n1,2\n \t\r\n\r\r3,4\n\n', lines: [1, 3, 7] },
    { name: 'blank lines above the header', text: '\n  \r\na,b\n1,2\n', lines: [3, 4] },
    { name: 'line breaks in cells', text: 'a,b\n"1\n\r\n\r",2\n3,4\n', lines: [1, 2, 6] },
    { name: 'line breaks in the header', text: '"a\n(x)",b\n1,2\n', lines: [1, 3] },
    { name: 'a quoted cell that ends in CR', text: 'a,b\n1,"2\r"\r\n3,4', lines: [1, 2, 4] },
  ])('numbers records by the line they start on: $name', async ({ text, lines }) => {
    for (const length of [1, 2, 3, 65_536]) {
      const { records } = await readAll(text, [length]);
      expect(records.map((record) => record.line)).toEqual(lines);
    }
  });

  it.each([
    { name: 'a quote inside of a cell', row: '5" disk,2', cells: ['5" disk', '2'] },
    { name: 'quotes after white space', row: ' "1",2', cells: [' "1"', '2'] },
    { name: 'text after a closing quote', row: '"abc"def,2', cells: ['"abc"def', '2'] },
    { name: 'white space after a closing quote', row: '"a,b" ,2', cells: ['"a,b" ', '2'] },
    { name: 'a doubled quote', row: '"a""b",2', cells: ['a"b', '2'] },
    { name: 'a quoted nothing', row: '"",""', cells: ['', ''] },
    { name: 'fewer cells', row: '1', cells: ['1'] },
    { name: 'more cells', row: '1,2,3,,', cells: ['1', '2', '3', '', ''] },
    { name: 'only empty cells', row: ',', cells: ['', ''] },
    { name: 'NUL characters', row: '1\0,\0', cells: ['1\0', '\0'] },
    { name: 'a mark in the middle', row: '\ufeff1,2', cells: ['\ufeff1', '2'] },
    { name: 'other separators of lines', row: '1\u2028,2\u0085', cells: ['1\u2028', '2\u0085'] },
  ])('reads a row with $name', async ({ row, cells }) => {
    for (const lengths of [[1], [3], [65_536]]) {
      const { records } = await readAll(`a,b\n${row}\n7,8`, lengths);
      expect(records.slice(1)).toEqual([
        { line: 2, cells },
        { line: 3, cells: ['7', '8'] },
      ]);
    }
  });

  it('reads a cell of half a million characters', async () => {
    const long = 'x'.repeat(500_000);
    const { records } = await readAll(`workspace,user,note\n1,2,"${long}"\n3,4,\n`);
    expect(records.slice(1)).toEqual([
      { line: 2, cells: ['1', '2', long] },
      { line: 3, cells: ['3', '4', ''] },
    ]);
  });

  it.each([
    { name: 'where both columns are found', text: 'workspace;user;a,b,c,d,e\n', delimiter: ';' },
    { name: 'not by what stands in quotes', text: '"workspace";"user";"a, b, c, d"\n', delimiter: ';' },
    { name: 'below blank lines', text: '\n \t \nworkspace\tuser\n', delimiter: '\t' },
    { name: 'not by the rows', text: 'workspace,user\n1;2;3;4,5\n', delimiter: ',' },
    { name: 'in a single column', text: 'workspace\n1\n', delimiter: ',' },
  ])('tells the delimiter from the header: $name', async ({ text, delimiter }) => {
    expect((await readAll(text)).delimiter).toBe(delimiter);
  });

  it('tells the delimiter by the names that are given', async () => {
    const names = { workspaceColumn: 'team, or so', userColumn: 'person' };
    expect((await readAll('team, or so;person\n', [1], names)).delimiter).toBe(';');
  });

  it.each([
    { name: 'in the header', text: '"workspace,user\n1,2\n', line: 1 },
    { name: 'in a record', text: 'workspace,user\n1,2\n\n3,"4\n5,6\n7,8\n', line: 4 },
    { name: 'as the very last character', text: 'workspace,user\n1,"2\n"\n3,"', line: 4 },
    { name: 'in the last record, after short ones', text: 'a,b\n1\n\n"', line: 4 },
  ])('names the line of a quote that never closes: $name', async ({ text, line }) => {
    for (const lengths of [[1], [2], [3], [65_536]]) {
      expect(await refusal(text, lengths)).toBe(
        `pairs.csv: a quote in the record that starts on line ${line} never closes.`,
      );
    }
  });

  it.each([
    { name: 'a quote that does not close', rest: 'x'.repeat(16_384) },
    { name: 'countless cells', rest: ','.repeat(16_384) },
  ])('gives up on $name before it fills the memory', async ({ rest }) => {
    let taken = 0;
    async function* endless(): AsyncGenerator<string> {
      yield 'workspace,user\n1,2\n3,"4';
      for (; taken < 1000; taken++) yield rest.startsWith(',') && taken === 0 ? `"${rest}` : rest;
    }
    const csv = await readCsvRecords(endless(), 'pairs.csv', {});
    await expect(async () => {
      for await (const batch of csv.batches) expect(batch).not.toEqual([]);
    }).rejects.toThrow(
      'pairs.csv: the record that starts on line 3 is longer than 1 MiB; a quote in it probably never closes.',
    );
    expect(taken).toBeLessThan(100);
  });

  it('lets go of its source when nobody reads on', async () => {
    let isOpen = true;
    async function* source(): AsyncGenerator<string> {
      try {
        yield 'workspace,user\n';
        for (;;) yield '1,2\n'.repeat(10_000);
      } finally {
        isOpen = false;
      }
    }
    const csv = await readCsvRecords(source(), 'pairs.csv', {});
    for await (const batch of csv.batches) {
      expect(batch.length).toBeGreaterThan(0);
      break;
    }
    expect(isOpen).toBe(false);
  });

  const delimiters = [',', ';', '\t'] as const;
  const lineEnds = fc.constantFrom('\n', '\r\n', '\r');
  const cell = fc.oneof(
    fc.string({
      unit: fc.constantFrom('a', '1', '"', ',', ';', '\t', '\n', '\r', ' ', 'é', '👩', '\0'),
      maxLength: 6,
    }),
    fc.string({ unit: 'binary', maxLength: 4 }),
    fc.integer({ min: 1, max: 99 }).map(String),
  );
  const row = fc.record({
    cells: fc.array(fc.record({ cell, isQuoted: fc.boolean() }), { minLength: 1, maxLength: 4 }),
    lineEnd: lineEnds,
    blankLines: fc.array(fc.record({ space: fc.constantFrom('', ' ', '\u00a0 '), lineEnd: lineEnds }), {
      maxLength: 2,
    }),
  });

  it('reads what was written, with its lines, however it is cut into pieces', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...delimiters),
        fc.array(row, { maxLength: 6 }),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }),
        async (delimiter, rows, lengths) => {
          const { text, records } = render(delimiter, rows);
          const read = await readAll(text, lengths);
          expect(read.delimiter).toBe(delimiter);
          expect(read.records).toEqual(records);
        },
      ),
      { seed: 10, numRuns: 500 },
    );
  });

  it('reads any text as a plain state machine does', async () => {
    const text = fc.string({
      unit: fc.constantFrom('a', '1', '"', '"', ',', '\n', '\r', ' '),
      maxLength: 25,
    });
    await fc.assert(
      fc.asyncProperty(text, fc.integer({ min: 1, max: 9 }), async (rest, length) => {
        const whole = `workspace,user\n${rest}`;
        const expected = parseByStateMachine(whole);
        if (typeof expected === 'string') expect(await refusal(whole, [length])).toContain(expected);
        else expect((await readAll(whole, [length])).records).toEqual(expected);
      }),
      { seed: 11, numRuns: 1500 },
    );
  });
});

interface Row {
  readonly cells: readonly { readonly cell: string; readonly isQuoted: boolean }[];
  readonly lineEnd: string;
  readonly blankLines: readonly { readonly space: string; readonly lineEnd: string }[];
}

/** A table as a text, and the records that should be read from it. */
function render(delimiter: string, rows: readonly Row[]): { text: string; records: InputRecord[] } {
  let text = `workspace${delimiter}user\r\n`;
  const records: InputRecord[] = [{ line: 1, cells: ['workspace', 'user'] }];
  for (const { cells, lineEnd, blankLines } of rows) {
    const values = cells.map(({ cell }) => cell);
    const isBlank = values.length === 1 && values[0]?.trim() === '';
    if (!isBlank) records.push({ line: lineAtEndOf(text), cells: values });
    const written = cells.map(({ cell, isQuoted }) => {
      const needsQuotes = isQuoted || cell.startsWith('"') || cell.includes(delimiter) || /[\r\n]/.test(cell);
      return needsQuotes ? `"${cell.replaceAll('"', '""')}"` : cell;
    });
    text += written.join(delimiter) + lineEnd;
    for (const blank of blankLines) text += separated(text, blank.space + blank.lineEnd);
  }
  return { text, records };
}

/** A blank line that begins with LF right after a CR would only complete the CR. */
function separated(text: string, blankLine: string): string {
  return text.endsWith('\r') && blankLine.startsWith('\n') ? `\r${blankLine}` : blankLine;
}

function lineAtEndOf(text: string): number {
  return text.split(/\r\n|\n|\r/).length;
}

/** The rules once more, one character at a time; or the end of the message where a quote never closes. */
function parseByStateMachine(text: string): InputRecord[] | string {
  const records: InputRecord[] = [];
  let at = 0;
  let line = 1;
  while (at < text.length) {
    const startedOn = line;
    const cells: string[] = [];
    for (let isInRecord = true; isInRecord; ) {
      let cell = '';
      if (text[at] === '"') {
        at += 1;
        for (;;) {
          if (at >= text.length) return `line ${startedOn} never closes.`;
          if (text.startsWith('""', at)) {
            cell += '"';
            at += 2;
          } else if (text[at] === '"') {
            at += 1;
            break;
          } else {
            if (text[at] === '\n' || (text[at] === '\r' && text[at + 1] !== '\n')) line += 1;
            cell += text[at++];
          }
        }
        // Closed by something else than the end of the cell: all is taken as it stands.
        if (at < text.length && !',\r\n'.includes(text[at] ?? '')) cell = `"${cell}"`;
      }
      while (at < text.length && !',\r\n'.includes(text[at] ?? '')) cell += text[at++];
      cells.push(cell);
      isInRecord = text[at] === ',';
      if (isInRecord) at += 1;
    }
    if (cells.length > 1 || cells[0]?.trim() !== '') records.push({ line: startedOn, cells });
    at += text.startsWith('\r\n', at) ? 2 : 1;
    line += 1;
  }
  return records;
}
