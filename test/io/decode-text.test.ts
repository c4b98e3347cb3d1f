import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTextDecoding } from '../../src/io/decode-text.ts';

function decodeInPieces(bytes: Uint8Array, length: number) {
  const decoding = createTextDecoding();
  let text = '';
  for (let at = 0; at < bytes.length; at += length) text += decoding.decode(bytes.subarray(at, at + length));
  text += decoding.end();
  return { text, encoding: decoding.encoding(), isDamaged: decoding.isDamaged() };
}

describe('createTextDecoding', () => {
  const text = fc.string({ unit: 'binary' }).map((each) => each.replace(/^\ufeff+/, ''));
  const length = fc.integer({ min: 1, max: 5 });

  it.each([
    { name: 'UTF-8', encoding: 'utf-8', encode: (each: string) => Buffer.from(each) },
    {
      name: 'UTF-8 with its mark',
      encoding: 'utf-8',
      encode: (each: string) => Buffer.from(`\ufeff${each}`),
    },
    {
      name: 'little-endian UTF-16',
      encoding: 'utf-16le',
      encode: (each: string) => Buffer.from(`\ufeff${each}`, 'utf16le'),
    },
    {
      name: 'big-endian UTF-16',
      encoding: 'utf-16be',
      encode: (each: string) => Buffer.from(`\ufeff${each}`, 'utf16le').swap16(),
    },
  ])('reads $name in pieces of any length', ({ encoding, encode }) => {
    fc.assert(
      fc.property(text, length, (written, pieceLength) => {
        expect(decodeInPieces(encode(written), pieceLength)).toEqual({
          text: written,
          encoding,
          isDamaged: false,
        });
      }),
      { seed: 12 },
    );
  });

  it('reads any bytes, and knows whether they are text', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), length, (bytes, pieceLength) => {
        const whole = decodeInPieces(bytes, 100);
        const inPieces = decodeInPieces(bytes, pieceLength);
        expect(inPieces).toEqual(whole);
        if (whole.encoding === 'utf-8') {
          expect(whole.isDamaged).toBe(!Buffer.from(Buffer.from(bytes).toString()).equals(bytes));
        }
      }),
      { seed: 13, numRuns: 1000 },
    );
  });

  it.each([[[]], [[0x41]], [[0xff]]])('reads %j, which is shorter than a mark', (bytes) => {
    expect(decodeInPieces(Uint8Array.from(bytes), 1).text).toBe(Buffer.from(bytes).toString());
  });
});
