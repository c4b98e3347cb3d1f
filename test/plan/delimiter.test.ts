import { describe, expect, it } from 'vitest';
import { chooseDelimiter } from '../../src/plan/delimiter.ts';

describe('chooseDelimiter', () => {
  it.each([
    {
      name: 'takes the one under which both columns are found',
      comma: ['a', 'b', 'c', 'user_id;workspace_id'],
      semicolon: ['a,b,c,user_id', 'workspace_id', 'user_id'],
      tab: ['x'],
      chosen: ';',
    },
    { name: 'takes a tab', comma: ['a\tb'], semicolon: ['a\tb'], tab: ['workspace', 'user'], chosen: '\t' },
    {
      name: 'else takes the one that makes most cells',
      comma: ['a'],
      semicolon: ['a', 'b'],
      tab: ['a'],
      chosen: ';',
    },
    { name: 'else takes the comma', comma: ['a'], semicolon: ['a'], tab: ['a'], chosen: ',' },
    { name: 'takes the comma where nothing can be read', comma: [], semicolon: [], tab: [], chosen: ',' },
  ])('$name', ({ comma, semicolon, tab, chosen }) => {
    const readings = [
      { delimiter: ',', cells: comma },
      { delimiter: ';', cells: semicolon },
      { delimiter: '\t', cells: tab },
    ] as const;
    expect(chooseDelimiter(readings, {})).toBe(chosen);
  });

  it('goes by the names that are given', () => {
    const readings = [
      { delimiter: ',', cells: ['a', 'b', 'c;d'] },
      { delimiter: ';', cells: ['a,b,c', 'd'] },
    ] as const;
    expect(chooseDelimiter(readings, { workspaceColumn: 'a,b,c', userColumn: 'd' })).toBe(';');
  });
});
