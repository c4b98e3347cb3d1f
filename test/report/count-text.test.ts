import { expect, it } from 'vitest';
import { counted, countText } from '../../src/report/count-text.ts';

it('groups digits by thousands', () => {
  expect([0, 999, 1_234, 99_999, 1_000_000].map(countText)).toEqual([
    '0',
    '999',
    '1,234',
    '99,999',
    '1,000,000',
  ]);
});

it('knows one from many', () => {
  expect([0, 1, 1_234].map((count) => counted(count, 'removal'))).toEqual([
    '0 removals',
    '1 removal',
    '1,234 removals',
  ]);
});
