import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRecord } from '../../src/plan/parse-record.ts';
import { buildCsvLayout, renderCsvHeader, renderCsvRow } from '../../src/report/render-csv.ts';
import { reportColumns } from '../../src/report/report-columns.ts';
import { hostileCells, recordOf } from './sample-report.ts';

const ids = { workspace: 0, user: 1 };
const header = ['workspace_id', 'user_id', 'name'];
const layout = buildCsvLayout(header, ids);

describe('renderCsvHeader', () => {
  it('puts the seven behind the columns of the input', () => {
    expect(renderCsvHeader(layout)).toBe(
      'workspace_id,user_id,name,line,outcome,reason,status,attempts,finished_at,detail\r\n',
    );
  });

  it('defuses names, too', () => {
    expect(renderCsvHeader(buildCsvLayout(['w', 'u', '=cmd|x', 'a,b'], ids))).toMatch(
      /^w,u,'=cmd\|x,"a,b",line/,
    );
  });
});

describe('renderCsvRow', () => {
  it('writes a record with how it ended', () => {
    expect(renderCsvRow(layout, recordOf())).toBe(
      '12,34,Ada,2,removed,deleted,204,1,2026-11-24T23:53:42.123Z,\r\n',
    );
  });

  it('leaves empty what there is not', () => {
    const ending = {
      outcome: 'not-attempted',
      reason: 'outage',
      status: null,
      attempts: 0,
      finishedAt: null,
    } as const;
    expect(renderCsvRow(layout, recordOf(ending))).toBe('12,34,Ada,2,not-attempted,outage,,0,,\r\n');
  });

  it.each([
    {
      name: 'trims valid ids and keeps their zeros',
      cells: ['\t 0012', ' 34\u00A0', ' x '],
      row: '0012,34, x ',
    },
    { name: 'trims the valid id of an invalid record', cells: ['\t12', 'abc', ''], row: '12,abc,' },
    { name: 'defuses an id that is none', cells: ['=12', '-34', ''], row: "'=12,-34," },
    { name: 'pads a short record', cells: ['12'], row: '12,,' },
    { name: 'drops blank cells beyond the header', cells: ['12', '34', 'Ada', ' ', ''], row: '12,34,Ada' },
  ])('$name', ({ cells, row }) => {
    expect(renderCsvRow(layout, recordOf({}, { cells }))).toBe(
      `${row},2,removed,deleted,204,1,2026-11-24T23:53:42.123Z,\r\n`,
    );
  });

  it('defuses reason and detail', () => {
    const row = renderCsvRow(layout, recordOf({ reason: '@x', detail: '=1,2' }));
    expect(row).toContain(",'@x,204,");
    expect(row).toMatch(/,"'=1,2"\r\n$/);
  });

  it('keeps cells beyond the header in detail, and ids that may be shifted as text', () => {
    const ending = { outcome: 'invalid', reason: 'more-cells-than-header', detail: '5 cells' } as const;
    const row = renderCsvRow(layout, recordOf(ending, { cells: ['12', '1', '200', 'Ada', '"'] }));
    const [cells]: string[][] = parse(row);
    expect(cells).toHaveLength(10);
    expect(cells?.slice(0, 3)).toEqual(["'12", "'1", '200']);
    expect(cells?.at(-1)).toBe('5 cells; further cells: ["Ada","\\""]');
  });

  it('replaces the seven of an earlier report', () => {
    const again = buildCsvLayout([...header, ...reportColumns], ids);
    const cells = [
      '12',
      '34',
      'Ada',
      '9',
      'failed',
      'http-418',
      '418',
      '1',
      '2026-01-01T00:00:00.000Z',
      'old',
    ];
    expect(renderCsvHeader(again)).toBe(renderCsvHeader(layout));
    expect(renderCsvRow(again, recordOf({}, { cells }))).toBe(renderCsvRow(layout, recordOf()));
  });

  it('reads the same when it is fed back: a pair as that pair, what is invalid as invalid', () => {
    const cell = fc.oneof(hostileCells, fc.constantFrom('7', ' 8', '\t9', '0010', '99999999999999999'));
    const columns = { header, ...ids };
    const columnsAgain = { header: [...header, ...reportColumns], ...ids };
    fc.assert(
      fc.property(fc.array(cell, { minLength: 1, maxLength: 6 }), (cells) => {
        const [read = []]: string[][] = parse(renderCsvRow(layout, recordOf({}, { cells })));
        expect(read).toHaveLength(10);
        const before = parseRecord(columns, cells);
        const after = parseRecord(columnsAgain, read);
        if ('workspace' in before) expect(after).toEqual(before);
        else expect(after).toHaveProperty('reason');
      }),
      { seed: 43, numRuns: 500 },
    );
  });
});
