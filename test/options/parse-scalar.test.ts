import { describe, expect, it } from 'vitest';
import {
  parseBoolean,
  parseChoice,
  parseDecimal,
  parseIds,
  parseInteger,
  parsePath,
  parseText,
} from '../../src/options/parse-scalar.ts';
import { outcomeOf, problemOf } from './parse-outcome.ts';

describe('numbers', () => {
  it.each(['1', '007', '1000'])('reads the integer %s', (text) => {
    expect(outcomeOf(parseInteger(1, 1_000), text)).toBe(Number(text));
  });

  it.each(['0', '1001', '1.5', '1,000', '1e2', '+5', '-1', '', ' 5', '99999999999999999999'])(
    'refuses %j as an integer and names both bounds',
    (text) => {
      expect(problemOf(parseInteger(1, 1_000), text)).toBe(
        `expected a whole number from 1 to 1000, not "${text}"`,
      );
    },
  );

  it.each([
    ['0', 0],
    ['0.1', 0.1],
    ['1', 1],
  ])('reads the decimal %s', (text, number) => {
    expect(outcomeOf(parseDecimal(0, 1), text)).toBe(number);
  });

  it.each(['1.1', '-0.1', '.5', '10%', ''])('refuses %j as a decimal', (text) => {
    expect(problemOf(parseDecimal(0, 1), text)).toBe(`expected a number from 0 to 1, not "${text}"`);
  });

  it('reads ids separated by commas', () => {
    expect(outcomeOf(parseIds, '3, 7,12')).toEqual([3, 7, 12]);
  });

  it.each(['', '3,', 'a', '0', '3;7'])('refuses %j as ids', (text) => {
    expect(problemOf(parseIds, text)).toContain('expected ids separated by commas');
  });
});

describe('words', () => {
  it.each(['true', '1', 'yes', 'YES', 'True'])('reads %s as on', (text) => {
    expect(outcomeOf(parseBoolean, text)).toBe(true);
  });

  it.each(['false', '0', 'no', 'NO'])('reads %s as off', (text) => {
    expect(outcomeOf(parseBoolean, text)).toBe(false);
  });

  it.each(['', 'on', 'y', 'tru', '2'])('never guesses what %j means', (text) => {
    expect(problemOf(parseBoolean, text)).toBe(`expected true or false (or 1, 0, yes, no), not "${text}"`);
  });

  it('lists the choices where none of them is given', () => {
    expect(outcomeOf(parseChoice(['stop', 'skip']), 'skip')).toBe('skip');
    expect(problemOf(parseChoice(['a', 'b', 'c']), 'B')).toBe('expected a, b or c, not "B"');
  });

  it('keeps texts and paths as they are, but for blank ones', () => {
    expect(outcomeOf(parseText, ' Work Space ')).toBe(' Work Space ');
    expect(outcomeOf(parsePath, './a b.csv')).toBe('./a b.csv');
    expect(problemOf(parseText, ' ')).toBe('expected a text that is not blank');
    expect(problemOf(parsePath, '\t')).toBe('expected a path that is not blank');
    expect(problemOf(parsePath, 'a\0b')).toBe('expected a path, not "a\\u0000b"');
  });
});
