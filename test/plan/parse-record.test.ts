import { describe, expect, it } from 'vitest';
import { parseRecord } from '../../src/plan/parse-record.ts';

const columns = { header: ['Workspace ID', 'name', ' user_id '], workspace: 0, user: 2 };

describe('parseRecord', () => {
  it.each([
    { name: 'reads both ids', cells: ['1', 'Ann', '2'], pair: { workspace: 1, user: 2 } },
    {
      name: 'ignores white space and leading zeros',
      cells: [' 01', '', '002\u00a0'],
      pair: { workspace: 1, user: 2 },
    },
    {
      name: 'does not mind blank surplus cells',
      cells: ['1', '', '2', '', ' \t'],
      pair: { workspace: 1, user: 2 },
    },
  ])('$name', ({ cells, pair }) => {
    expect(parseRecord(columns, cells)).toEqual(pair);
  });

  it.each([
    { cells: ['12.0', 'Ann', '2'], reason: 'not-an-id:Workspace ID', detail: '12.0' },
    { cells: ['1', 'Ann', ' 1e3 '], reason: 'not-an-id:user_id', detail: '1e3' },
    { cells: ['x', 'Ann', 'y'], reason: 'not-an-id:Workspace ID', detail: 'x' },
    { cells: ['1', 'Ann', '  '], reason: 'not-an-id:user_id', detail: '(empty)' },
    { cells: [], reason: 'not-an-id:Workspace ID', detail: '(empty)' },
    { cells: ['1'], reason: 'not-an-id:user_id', detail: '(empty)' },
    { cells: ['1', '', `=${'9'.repeat(99)}`], reason: 'not-an-id:user_id', detail: `=${'9'.repeat(59)}…` },
    { cells: ['1', '', '2\n\u202e3'], reason: 'not-an-id:user_id', detail: '2\\n\\u202e3' },
    {
      cells: ['1', '200', 'Ann', '2'],
      reason: 'more-cells-than-header',
      detail: '4 cells, the header has 3; surplus: 2',
    },
    {
      cells: ['1', 'Ann', '2', '', 'a\0', 'b'],
      reason: 'more-cells-than-header',
      detail: '6 cells, the header has 3; surplus: a\\u0000 | b',
    },
  ])('says why $cells is no removal: $reason', ({ cells, reason, detail }) => {
    expect(parseRecord(columns, cells)).toEqual({ reason, detail });
  });

  it('escapes and cuts a hostile header', () => {
    const header = ['workspace', `user\u001b${'x'.repeat(99)}`];
    const parsed = parseRecord({ header, workspace: 0, user: 1 }, ['1', '']);
    expect(parsed).toEqual({ reason: `not-an-id:user\\u001b${'x'.repeat(55)}…`, detail: '(empty)' });
  });
});
