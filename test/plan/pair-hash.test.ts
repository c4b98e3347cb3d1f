import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashPair } from '../../src/plan/pair-hash.ts';

describe('hashPair', () => {
  it.each([
    [1, 1, 690670310],
    [1, 2, 3381608592],
    [2, 1, 3680057619],
    [17, 4711, 3964013074],
    [4294967295, 4294967296, 2010240005],
    [9007199254740991, 9007199254740991, 3775093456],
  ])('is for ever the same for workspace %d and user %d', (workspace, user, hash) => {
    expect(hashPair({ workspace, user })).toBe(hash);
  });

  it('is MurmurHash3 of the two ids as 64-bit integers', () => {
    expect(murmurHash3(Buffer.from('test'))).toBe(0xba6bd213); // As published.
    const id = fc.oneof(fc.maxSafeNat(), fc.nat());
    fc.assert(
      fc.property(id, id, (workspace, user) => {
        const bytes = Buffer.alloc(16);
        bytes.writeBigUInt64LE(BigInt(workspace), 0);
        bytes.writeBigUInt64LE(BigInt(user), 8);
        expect(hashPair({ workspace, user })).toBe(murmurHash3(bytes));
      }),
      { seed: 4 },
    );
  });
});

/** By the book, in exact integers; for whole 32-bit blocks and seed 0. */
function murmurHash3(bytes: Buffer): number {
  const low = (value: bigint) => BigInt.asUintN(32, value);
  const rotate = (value: bigint, by: bigint) => low((value << by) | (value >> (32n - by)));
  let hash = 0n;
  for (let at = 0; at < bytes.length; at += 4) {
    const block = low(BigInt(bytes.readUInt32LE(at)) * 0xcc9e2d51n);
    hash ^= low(rotate(block, 15n) * 0x1b873593n);
    hash = low(rotate(hash, 13n) * 5n + 0xe6546b64n);
  }
  hash ^= BigInt(bytes.length);
  hash = low((hash ^ (hash >> 16n)) * 0x85ebca6bn);
  hash = low((hash ^ (hash >> 13n)) * 0xc2b2ae35n);
  return Number(hash ^ (hash >> 16n));
}
