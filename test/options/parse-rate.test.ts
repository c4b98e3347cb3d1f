import { describe, expect, it } from 'vitest';
import { parseRate } from '../../src/options/parse-rate.ts';
import { outcomeOf, problemOf } from './parse-outcome.ts';

describe('parseRate', () => {
  it.each([
    ['10', 10],
    ['10/s', 10],
    ['600/min', 10],
    ['0.5', 0.5],
    ['30/min', 0.5],
    ['off', 'off'],
    ['false', 'off'],
  ])('reads %s', (text, rate) => {
    expect(outcomeOf(parseRate, text)).toBe(rate);
  });

  it.each(['', '10/h', '10 /s', '-1', '1e3', 'on', 'true', 'OFF', '10/s/s'])('refuses %j', (text) => {
    expect(problemOf(parseRate, text)).toBe(
      `expected a rate such as 10, 10/s or 600/min, or off, not "${text}"`,
    );
  });

  it.each(['0', '0/min', '100001'])('says how to have no ceiling where %s is given', (text) => {
    expect(problemOf(parseRate, text)).toContain('or off for no ceiling');
  });
});
