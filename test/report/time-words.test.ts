import { expect, it } from 'vitest';
import { timeWords } from '../../src/report/time-words.ts';

it.each([
  [-5, '0 s'],
  [0, '0 s'],
  [1, '1 s'],
  [42_000, '42 s'],
  [59_001, '1 m'],
  [72_000, '1 m 12 s'],
  [528_000, '8 m 48 s'],
  [3_600_000, '1 h'],
  [7_500_000, '2 h 5 m'],
  [86_399_000, '23 h 59 m'],
  [90_000_000, '1 d 1 h'],
])('says %d ms as "%s"', (ms, words) => {
  expect(timeWords(ms)).toBe(words);
});
