import type { Pair } from '../effects.ts';

/**
 * MurmurHash3 (x86, 32 bits, seed 0) over 16 bytes: workspace and user, each as an unsigned 64-bit little-endian
 * integer. Shards depend on it: it must never change.
 */
export function hashPair({ workspace, user }: Pair): number {
  let hash = mixIn(0, workspace);
  hash = mixIn(hash, workspace / 2 ** 32);
  hash = mixIn(hash, user);
  hash = mixIn(hash, user / 2 ** 32);
  hash ^= 16;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** One 32-bit block; of `word` the fraction and the bits above 32 are dropped by the multiplication. */
function mixIn(hash: number, word: number): number {
  const first = Math.imul(word, 0xcc9e2d51);
  const block = Math.imul((first << 15) | (first >>> 17), 0x1b873593);
  const mixed = hash ^ block;
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
}
