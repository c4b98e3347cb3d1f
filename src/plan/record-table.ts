import type { Pair } from '../effects.ts';
import { createNumberColumn, type NumberColumn } from './number-column.ts';
import { createPairIndex } from './pair-index.ts';
import type { RecordKind, RecordTable } from './record-kind.ts';

/** A record table while the input is read: records are added in the order of their lines. */
export interface RecordTableBuilder {
  /** A record without a pair. */
  addInvalid(line: number, isElsewhere: boolean): void;
  /** A record with a pair. False where the same pair stands on an earlier line. */
  addPair(line: number, pair: Pair, isElsewhere: boolean): boolean;
  /**
   * How many workspaces and users the removals have whose user counts. It takes the memory that duplicates are found
   * with: nothing can be added afterwards.
   */
  countDistinct(counts: (user: number) => boolean): DistinctIds;
  /** The table, without what only finding duplicates needed. Nothing can be added afterwards. */
  freeze(): RecordTable;
}

export interface DistinctIds {
  readonly workspaces: number;
  readonly users: number;
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
    countDistinct(counts) {
      const isCounted = (record: number) => kinds.at(record) === removal && counts(users.at(record));
      const count = (ids: NumberColumn) => pairs.countDistinct(ids, isCounted);
      return { workspaces: count(workspaces), users: count(users) };
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
const removal = recordKinds.indexOf('removal');

function indexOf(lines: NumberColumn, line: number): number {
  // In most files every line is a record: then it lies as far behind the first one as its number says.
  const likely = line - lines.at(0);
  if (likely >= 0 && likely < lines.length && lines.at(likely) === line) return likely;
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
