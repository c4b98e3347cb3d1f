import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderCsvCell } from '../../src/report/csv-cell.ts';
import { hostileCells } from './sample-report.ts';

describe('renderCsvCell', () => {
  it.each([
    ['', ''],
    ['Ada', 'Ada'],
    ['0042', '0042'],
    [' spaced ', ' spaced '],
    ['a,b', '"a,b"'],
    ['a;b', '"a;b"'],
    ['a\tb', '"a\tb"'],
    ['say "hi"', '"say ""hi"""'],
    ['two\r\nlines', '"two\r\nlines"'],
    ['\uFEFFfirst', '"\uFEFFfirst"'],
    ['nul\0inside', '"nul\0inside"'],
  ])('keeps %j', (text, cell) => {
    expect(renderCsvCell(text)).toBe(cell);
  });

  it.each([
    ['=1+1', "'=1+1"],
    ['+1+1', "'+1+1"],
    ['-1-1', "'-1-1"],
    ['-', "'-"],
    ['-1e5', "'-1e5"],
    ['-5\n=1', '"\'-5\n=1"'],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\tx', '"\'\tx"'],
    ['\rx', '"\'\rx"'],
    ['\nx', '"\'\nx"'],
    ['\t-5', '"\'\t-5"'],
    [' =1', "' =1"],
    ['\u00A0\u200B=1', "'\u00A0\u200B=1"],
    ['\0=1', '"\'\0=1"'],
    ['＝1', "'＝1"],
    ['＋1', "'＋1"],
    ['－1', "'－1"],
    ['＠x', "'＠x"],
    ['=HYPERLINK("http://x","y")', '"\'=HYPERLINK(""http://x"",""y"")"'],
  ])('defuses %j', (text, cell) => {
    expect(renderCsvCell(text)).toBe(cell);
  });

  it.each(['-5', '+3.2', '-0.25', '+33612345678', ' -5', "'=1"])(
    'leaves %j, which calculates nothing',
    (text) => {
      expect(renderCsvCell(text)).toBe(text);
    },
  );

  it('reads back as the text, with at most an apostrophe in front', () => {
    fc.assert(
      fc.property(hostileCells, (text) => {
        const [[read = ''] = []]: string[][] = parse(`${renderCsvCell(text)},end\r\n`);
        expect([text, `'${text}`]).toContain(read);
      }),
      { seed: 41 },
    );
  });

  it('never begins with what a spreadsheet runs, and adds no second apostrophe when written again', () => {
    fc.assert(
      fc.property(hostileCells, (text) => {
        const [[read = ''] = []]: string[][] = parse(`${renderCsvCell(text)},end\r\n`);
        if (!/^ *[+-]\d/.test(read)) expect(read).not.toMatch(/^\s*[=+\-@]/);
        expect(read).not.toMatch(/^[=@\t\r\n]/);
        expect(parse(`${renderCsvCell(read)},end\r\n`)).toEqual([[read, 'end']]);
      }),
      { seed: 42 },
    );
  });
});
