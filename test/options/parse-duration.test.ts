import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { durationText, parseDuration } from '../../src/options/parse-duration.ts';
import { outcomeOf, problemOf } from './parse-outcome.ts';

describe('parseDuration', () => {
  const parse = parseDuration(10, 3_600_000);
  it.each([
    ['500ms', 500],
    ['30s', 30_000],
    ['1.5s', 1_500],
    ['10m', 600_000],
    ['0.5h', 1_800_000],
    ['10ms', 10],
    ['1h', 3_600_000],
  ])('reads %s', (text, ms) => {
    expect(outcomeOf(parse, text)).toBe(ms);
  });

  it.each(['30', '', 's', '-1s', '+1s', '1e3s', '30 s', '30S', '1d', '.5s', '1.s', '30s\n', '３s'])(
    'asks for a unit where %j is given',
    (text) => {
      expect(problemOf(parse, text)).toMatch(
        /^expected a time with its unit, such as 500ms, 30s, 10m or 2h, not "/,
      );
    },
  );

  it.each(['9ms', '0s', '61m', '999999999h'])('names the bounds where %s is outside', (text) => {
    expect(problemOf(parse, text)).toBe(`expected a time from 10ms to 1h, not "${text}"`);
  });

  it('writes every time so that it reads back the same', () => {
    const any = parseDuration(0, Number.MAX_SAFE_INTEGER);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999_999_999 }), (ms) => {
        expect(outcomeOf(any, durationText(ms))).toBe(ms);
      }),
      { seed: 20261124 },
    );
  });

  it.each([
    [0, '0s'],
    [500, '500ms'],
    [30_000, '30s'],
    [90_000, '90s'],
    [7_200_000, '2h'],
  ])('writes %d ms as %s', (ms, text) => {
    expect(durationText(ms)).toBe(text);
  });
});
