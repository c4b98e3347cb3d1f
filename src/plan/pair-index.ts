import type { Pair } from '../effects.ts';
import type { NumberColumn } from './number-column.ts';
import { hashPair } from './pair-hash.ts';

/** Finds the record of a pair among those whose ids stand in two columns. */
export interface PairIndex {
  /** The record with this pair; undefined where there is none, and then the next record to be added has it. */
  findOrClaim(pair: Pair): number | undefined;
  /** How many different values the records have in a column. Forgets all pairs: the memory is used anew. */
  countDistinct(column: NumberColumn, records: Iterable<number>): number;
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

  /** The slot from `hash` on whose record fits, or else a free one. */
  function probe(hash: number, fits: (record: number) => boolean): number {
    const mask = slots.length - 1;
    let slot = hash & mask;
    for (let number = slots[slot]; number && !fits(number - 1); number = slots[slot])
      slot = (slot + 1) & mask;
    return slot;
  }

  function slotOf(pair: Pair): number {
    return probe(
      hashPair(pair),
      (record) => users.at(record) === pair.user && workspaces.at(record) === pair.workspace,
    );
  }

  function grow(): void {
    slots = new Uint32Array(2 * slots.length);
    for (let record = 0; record < users.length; record++) {
      const user = users.at(record);
      if (user !== 0) slots[slotOf({ workspace: workspaces.at(record), user })] = record + 1;
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
    countDistinct(column, records) {
      slots.fill(0);
      let distinct = 0;
      for (const record of records) {
        const id = column.at(record);
        const slot = probe(hashPair({ workspace: id, user: id }), (other) => column.at(other) === id);
        if (slots[slot] === 0) distinct += 1;
        slots[slot] = record + 1;
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
