import { describe, expect, it } from 'vitest';
import { parseProtectList } from '../../src/plan/protect-list.ts';

describe('parseProtectList', () => {
  it.each([
    { name: 'one id a line', text: '1\n2\r\n3\r4', users: [1, 2, 3, 4] },
    { name: 'blank lines, white space and leading zeros', text: '\n \t\n 007\u00a0\n\n', users: [7] },
    { name: 'comments anywhere', text: '# admins\n12 # Ann\n13# Bob # x\n\t# end', users: [12, 13] },
    { name: 'an id that stands twice', text: '5\n5', users: [5] },
  ])('reads $name', ({ text, users }) => {
    expect(parseProtectList(text)).toEqual({ kind: 'users', users: new Set(users) });
  });

  it.each([
    { name: 'nothing', text: '' },
    { name: 'comments only', text: '# 1\n  # 2\n' },
  ])('refuses a list with $name', ({ text }) => {
    expect(parseProtectList(text)).toEqual({ kind: 'unreadable', problems: ['it names no user id'] });
  });

  it('names every line that is no id', () => {
    expect(parseProtectList('user_id\n1\n2 3\n0\n\u202e4 # x')).toEqual({
      kind: 'unreadable',
      problems: [
        'line 1 is no user id: user_id',
        'line 3 is no user id: 2 3',
        'line 4 is no user id: 0',
        'line 5 is no user id: \\u202e4',
      ],
    });
  });
});
