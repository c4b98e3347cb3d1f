import { describe, expect, it } from 'vitest';
import { readReportOptions } from '../../src/options/read-report-options.ts';

describe('readReportOptions', () => {
  it.each([
    [['a'], { folders: ['a'], out: undefined, json: false, schema: false }],
    [['a', 'b', '--out', 'c', '--json'], { folders: ['a', 'b'], out: 'c', json: true, schema: false }],
    [['--schema'], { folders: [], out: undefined, json: false, schema: true }],
  ])('reads %j', (words, options) => {
    expect(readReportOptions(words)).toEqual(options);
  });

  it.each([
    [[], 'no run folder: name at least one'],
    [['a', 'b'], 'several run folders make one merged report: say where it goes with --out'],
    [['a', 'a', '--out', 'c'], 'run folder "a" is named twice'],
    [['', '--out', 'c'], 'a run folder has a blank name'],
    [['a', '--jso'], 'flag --jso is unknown; did you mean --json?'],
  ])('refuses %j', (words, message) => {
    expect(() => readReportOptions(words)).toThrow(`${message}\nMore: offboard report --help`);
  });
});
