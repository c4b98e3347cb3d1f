import { describe, expect, it } from 'vitest';
import { nameInputColumns, reportColumns } from '../../src/report/report-columns.ts';

const ids = { workspace: 0, user: 1 };

describe('nameInputColumns', () => {
  it.each([
    { name: 'keeps names that are free', header: ['w', 'u', 'Line '], names: ['w', 'u', 'Line '] },
    {
      name: 'drops the seven of an earlier report',
      header: ['w', 'u', 'team', ...reportColumns],
      names: ['w', 'u', 'team'],
    },
    {
      name: 'drops them once only',
      header: ['w', 'u', ...reportColumns, ...reportColumns],
      names: ['w', 'u', ...reportColumns.map((name) => `input_${name}`)],
    },
    {
      name: 'renames a column that has the name of one of the seven',
      header: ['w', 'u', 'status', 'detail'],
      names: ['w', 'u', 'input_status', 'input_detail'],
    },
    {
      name: 'renames the seven in another order',
      header: ['w', 'u', ...reportColumns.toReversed()],
      names: ['w', 'u', ...reportColumns.toReversed().map((name) => `input_${name}`)],
    },
    {
      name: 'never takes a name that is taken',
      header: ['w', 'u', 'line', 'input_line', 'line'],
      names: ['w', 'u', 'input_input_line', 'input_line', 'input_input_input_line'],
    },
  ])('$name', ({ header, names }) => {
    expect(nameInputColumns(header, ids)).toEqual(names);
  });

  it('keeps the seven where one of them holds an id', () => {
    const header = ['w', ...reportColumns];
    expect(nameInputColumns(header, { workspace: 0, user: 1 })).toEqual([
      'w',
      ...reportColumns.map((name) => `input_${name}`),
    ]);
  });
});
