/**
 * A number from 0 (included) to 1 (excluded) that depends on its arguments alone, so that what happens to a
 * request does not depend on which others came before it. FNV-1a over 32-bit words, finished as in MurmurHash3.
 */
export function seededShare(...numbers: readonly number[]): number {
  let hash = 0x811c9dc5;
  for (const number of numbers) {
    hash = Math.imul(hash ^ (number >>> 0), 0x01000193);
    hash = Math.imul(hash ^ Math.floor(number / 0x100000000), 0x01000193);
    hash ^= hash >>> 15;
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 0x100000000;
}
