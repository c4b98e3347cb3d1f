import type { Pair } from '../effects.ts';
import { createNumberColumn, type NumberColumn } from './number-column.ts';
import { hashPair } from './pair-hash.ts';
import type { RecordKind, RecordTable } from './record-kind.ts';

/** A record table while the input is read: records are added in the order of their lines. */
export interface RecordTableBuilder {
  /** A record without a pair. */
  addInvalid(line: number, isElsewhere: boolean): void;
  /** A record with a pair. False where the same pair stands on an earlier line. */
  addPair(line: number, pair: Pair, isElsewhere: boolean): boolean;
  /** The table, without what only finding duplicates needed. Nothing can be added afterwards. */
  freeze(): RecordTable;
}

/** Some 8 to 21 bytes a record stay (11 where ids and lines are of the usual size), 10 more until it is frozen. */
export function createRecordTable(): RecordTableBuilder {
  const kinds = createNumberColumn();
  const lines = createNumberColumn();
  // A duplicate needs no ids but the line of its first, which is kept in place of the workspace.
  const workspaces = createNumberColumn();
  const users = createNumberColumn();
  const pairs = createPairIndex(workspaces, users);

  function add(kind: RecordKind, line: number, workspace: number, user: number): void {
    kinds.push(recordKinds.indexOf(kind));
    lines.push(line);
    workspaces.push(workspace);
    users.push(user);
  }

  return {
    addInvalid(line, isElsewhere) {
      add(isElsewhere ? 'elsewhere' : 'invalid', line, 0, 0);
    },
    addPair(line, pair, isElsewhere) {
      const first = pairs.findOrClaim(pair);
      if (first !== undefined) {
        add(isElsewhere ? 'elsewhere' : 'duplicate', line, lines.at(first), 0);
        return false;
      }
      add(isElsewhere ? 'elsewhere' : 'removal', line, pair.workspace, pair.user);
      return true;
    },
    freeze() {
      pairs.drop();
      return {
        size: kinds.length,
        kindAt: (index) => recordKinds[kinds.at(index)] ?? 'invalid',
        lineAt: (index) => lines.at(index),
        workspaceAt: (index) => workspaces.at(index),
        userAt: (index) => users.at(index),
        firstLineAt: (index) => workspaces.at(index),
        indexOfLine: (line) => indexOf(lines, line),
      };
    },
  };
}

const recordKinds: readonly RecordKind[] = ['removal', 'invalid', 'duplicate', 'elsewhere'];

/**
 * Finds the record of a pair: open addressing over record numbers (from 1, 0 is a free slot), the pairs themselves
 * stay in their columns. A user of 0 marks a record that is not the first of a pair.
 */
function createPairIndex(workspaces: NumberColumn, users: NumberColumn) {
  let slots = new Uint32Array(1024);
  let used = 0;

  function recordIn(slot: number): number {
    return slots[slot] ?? 0;
  }

  /** The slot that holds the pair, or the free one where it belongs. */
  function slotOf(pair: Pair): number {
    const mask = slots.length - 1;
    let slot = hashPair(pair) & mask;
    for (let record = recordIn(slot); record !== 0; record = recordIn(slot)) {
      if (users.at(record - 1) === pair.user && workspaces.at(record - 1) === pair.workspace) break;
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  function grow(): void {
    slots = new Uint32Array(2 * slots.length);
    for (let index = 0; index < users.length; index++) {
      const user = users.at(index);
      if (user !== 0) slots[slotOf({ workspace: workspaces.at(index), user })] = index + 1;
    }
  }

  return {
    /** The index of the record with this pair; undefined where there is none, and the next record added has it. */
    findOrClaim(pair: Pair): number | undefined {
      const slot = slotOf(pair);
      const record = recordIn(slot);
      if (record !== 0) return record - 1;
      slots[slot] = users.length + 1;
      used += 1;
      if (used > maxLoad * slots.length) {
        grow();
        slots[slotOf(pair)] = users.length + 1;
      }
      return undefined;
    },
    drop(): void {
      slots = new Uint32Array(1);
    },
  };
}

/** Above it, linear probing begins to crawl; below, memory is wasted. */
const maxLoad = 0.8;

function indexOf(lines: NumberColumn, line: number): number {
  let low = 0;
  let high = lines.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const found = lines.at(middle);
    if (found === line) return middle;
    if (found < line) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
