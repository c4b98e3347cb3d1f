import type { Pair } from '../effects.ts';
import { hashPair } from './pair-hash.ts';

/** The shard (1 to `count`) a pair belongs to, for ever the same: MurmurHash3 of the pair, modulo `count`, plus 1. */
export function shardOf(pair: Pair, count: number): number {
  return (hashPair(pair) % count) + 1;
}
