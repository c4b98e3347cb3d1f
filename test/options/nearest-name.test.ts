import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearestName } from '../../src/options/nearest-name.ts';
import { runOptionTable } from '../../src/options/run-option-table.ts';
import { slipped } from './slipped.ts';

const names = Object.keys(runOptionTable);

describe('nearestName', () => {
  it.each([
    ['concurency', 'concurrency'],
    ['conucrrency', 'concurrency'],
    ['max-removal', 'max-removals'],
    ['maxAttempts', 'max-attempts'],
    ['MAX_REMOVALS', 'max-removals'],
    ['runs_folder', 'runs-folder'],
    ['raet', 'rate'],
    ['scop', 'scope'],
    ['dryrun', 'dry-run'],
    ['jsno', 'json'],
  ])('finds what %s was meant to be', (name, meant) => {
    expect(nearestName(name, names)).toBe(meant);
  });

  it.each(['zebra', 'x', '', 'verbose', 'ca-bundle', 'a'.repeat(1_000_000)])(
    'guesses nothing where nothing is near (case %#)',
    (name) => {
      expect(nearestName(name, names)).toBeUndefined();
    },
  );

  it('finds every option again after one slip', () => {
    const slip = fc.record({
      name: fc.constantFrom(...names.filter((name) => name.length > 4)),
      at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      letter: fc.constantFrom('q', 'z', '-'),
      kind: fc.constantFrom('insert', 'delete', 'replace', 'swap'),
    });
    fc.assert(
      fc.property(slip, ({ name, at, letter, kind }) => {
        expect(names).toContain(
          nearestName(slipped(name, Math.floor(at * name.length), letter, kind), names),
        );
      }),
      { seed: 20261124, numRuns: 500 },
    );
  });
});
