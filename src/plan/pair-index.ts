import type { Pair } from '../effects.ts';
import type { NumberColumn } from './number-column.ts';
import { hashPair } from './pair-hash.ts';

/** Finds the record of a pair among those whose ids stand in two columns. */
export interface PairIndex {
  /** The record with this pair; undefined where there is none, and then the next record to be added has it. */
  findOrClaim(pair: Pair): number | undefined;
  /** How many different values those records have in a column that count. Forgets all pairs: the memory is used anew. */
  countDistinct(column: NumberColumn, counts: (record: number) => boolean): number;
  /** Frees the memory; nothing can be found afterwards. */
  drop(): void;
}

/**
 * Open addressing over record numbers (from 1, 0 is a free slot); the ids stay in their columns. A user of 0 marks a
 * record that is not the first of a pair. 5 to 10 bytes a pair.
 */
export function createPairIndex(workspaces: NumberColumn, users: NumberColumn): PairIndex {
  let slots = new Uint32Array(1024);
  let used = 0;

  /** Where the record with this pair stands, or else the free slot that is its. */
  function slotOf(pair: Pair): number {
    const mask = slots.length - 1;
    let slot = hashPair(pair) & mask;
    for (let number = slots[slot]; number; number = slots[slot]) {
      if (users.at(number - 1) === pair.user && workspaces.at(number - 1) === pair.workspace) break;
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  /** The pairs all differ: none has to be looked at, each takes the first free slot. */
  function grow(): void {
    slots = new Uint32Array(2 * slots.length);
    const mask = slots.length - 1;
    for (let record = 0; record < users.length; record++) {
      const user = users.at(record);
      if (user === 0) continue;
      let slot = hashPair({ workspace: workspaces.at(record), user }) & mask;
      while (slots[slot]) slot = (slot + 1) & mask;
      slots[slot] = record + 1;
    }
  }

  return {
    findOrClaim(pair) {
      const slot = slotOf(pair);
      const number = slots[slot];
      if (number) return number - 1;
      slots[slot] = users.length + 1;
      used += 1;
      if (used > maxLoad * slots.length) {
        grow();
        slots[slotOf(pair)] = users.length + 1;
      }
      return undefined;
    },
    countDistinct(column, counts) {
      slots.fill(0);
      const mask = slots.length - 1;
      let distinct = 0;
      for (let record = 0; record < column.length; record++) {
        if (!counts(record)) continue;
        const id = column.at(record);
        let slot = hashPair({ workspace: id, user: id }) & mask;
        for (let number = slots[slot]; number && column.at(number - 1) !== id; number = slots[slot])
          slot = (slot + 1) & mask;
        if (slots[slot]) continue;
        slots[slot] = record + 1;
        distinct += 1;
      }
      return distinct;
    },
    drop() {
      slots = new Uint32Array(1);
    },
  };
}

/** Above it, linear probing begins to crawl; below, memory is wasted. */
const maxLoad = 0.8;
