import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseId } from '../../src/plan/parse-id.ts';

describe('parseId', () => {
  it.each([
    ['1', 1],
    ['42', 42],
    ['007', 7],
    ['0000000000000042', 42],
    ['9007199254740991', 9007199254740991],
    [' 42 ', 42],
    ['\t42\r\n', 42],
    ['\u00a042\u00a0', 42],
    ['\u202f42\u3000', 42],
    ['\ufeff42', 42],
  ])('reads %j as a number', (text, id) => {
    expect(parseId(text)).toBe(id);
  });

  it.each([
    '',
    ' ',
    '0',
    '0000',
    '-1',
    '+5',
    '12.0',
    '12,0',
    '1,200',
    '1 200',
    '1\u00a0200',
    '1e3',
    '0x10',
    '１２',
    '٤٢',
    '12\u200b',
    '12\0',
    '"12"',
    "'12",
    'NaN',
    'Infinity',
    'null',
    '12\n13',
    '9007199254740992',
    '9007199254740993',
    '9999999999999999',
    '00000000000000042',
    '12345678901234567',
  ])('takes %j for no id', (text) => {
    expect(parseId(text)).toBeUndefined();
  });

  it('reads every id there can be, however padded', () => {
    const padding = fc.string({ unit: fc.constantFrom(' ', '\t', '\u00a0', '\u2003', '\n'), maxLength: 3 });
    fc.assert(
      fc.property(
        fc.maxSafeNat().filter((id) => id > 0),
        padding,
        padding,
        (id, before, after) => {
          expect(parseId(`${before}${id}${after}`)).toBe(id);
        },
      ),
      { seed: 2 },
    );
  });

  it('reads nothing else', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'0123456789.,+-eE _１'), maxLength: 18 }), (text) => {
        const digits = text.trim();
        const isId =
          digits.length <= 16 &&
          [...digits].every((character) => '0123456789'.includes(character)) &&
          BigInt(digits) >= 1n &&
          BigInt(digits) <= 9007199254740991n;
        expect(parseId(text)).toBe(isId ? Number(digits) : undefined);
      }),
      { seed: 3, numRuns: 1000 },
    );
  });
});
