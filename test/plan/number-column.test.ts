import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createNumberColumn } from '../../src/plan/number-column.ts';

describe('createNumberColumn', () => {
  it('gives back what was put in, however wide', () => {
    const value = fc.oneof(
      fc.nat(255),
      fc.constantFrom(255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER),
      fc.maxSafeNat(),
    );
    fc.assert(
      fc.property(fc.array(value), (values) => {
        const column = createNumberColumn();
        for (const each of values) column.push(each);
        expect(column.length).toBe(values.length);
        expect(values.map((_, index) => column.at(index))).toEqual(values);
      }),
      { seed: 6 },
    );
  });

  it('reads 0 where nothing was put in', () => {
    expect(createNumberColumn().at(0)).toBe(0);
  });

  it('keeps values over many chunks, one of them wide', () => {
    const column = createNumberColumn();
    const valueAt = (index: number) => (index === 40_000 ? 2 ** 40 : index % 300);
    for (let index = 0; index < 100_000; index++) column.push(valueAt(index));
    const wrong = Array.from({ length: 100_000 }, (_, index) => index).filter(
      (index) => column.at(index) !== valueAt(index),
    );
    expect(wrong).toEqual([]);
  });
});
