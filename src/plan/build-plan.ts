import type { Shard } from '../options/run-options.ts';
import type { InputColumns } from './column-mapping.ts';
import { type InputRecord, type InvalidRecord, parseRecord } from './parse-record.ts';
import type { RecordTable } from './record-kind.ts';
import { createRecordTable } from './record-table.ts';
import { shardOf } from './shard.ts';

/** What should happen to an input, record by record. */
export interface Plan {
  readonly columns: InputColumns;
  readonly table: RecordTable;
  /** Of this shard; without shards the same as `fileCounts`. */
  readonly counts: PlanCounts;
  readonly fileCounts: PlanCounts;
  /** Distinct workspaces among the removals of this shard. */
  readonly workspaces: number;
  /** Distinct users among the removals of this shard. */
  readonly users: number;
  /** The first of the whole file's invalid records, at most `listedProblems`; `fileCounts.invalid` is their total. */
  readonly problems: readonly Problem[];
  /** Lines of this shard's protected records, in their order. */
  protectedLines(): Iterable<number>;
}

/** The four kinds add up to `records`; `removals` are what is left without the other three. */
export interface PlanCounts {
  readonly records: number;
  readonly removals: number;
  readonly duplicates: number;
  readonly invalid: number;
  readonly protected: number;
}

/** An invalid record, for the operator. */
export interface Problem extends InvalidRecord {
  readonly line: number;
}

/** How many problems a plan keeps to show. */
const listedProblems = 20;

export interface PlanBuilder {
  /** Records come in the order of their lines. */
  add(record: InputRecord): void;
  finish(): Plan;
}

/**
 * Sorts records as they are read: invalid, then duplicate, then protected. Duplicates are looked for in the whole
 * file; equal pairs meet in one shard, and an invalid record belongs to shard 1.
 */
export function createPlanBuilder(
  columns: InputColumns,
  protectedUsers: ReadonlySet<number>,
  shard: Shard = { index: 1, count: 1 },
): PlanBuilder {
  const records = createRecordTable();
  const ours = noRecords();
  const file = noRecords();
  const problems: Problem[] = [];

  function count(kind: keyof typeof file, isElsewhere: boolean): void {
    file[kind] += 1;
    file.records += 1;
    if (isElsewhere) return;
    ours[kind] += 1;
    ours.records += 1;
  }

  return {
    add({ line, cells }) {
      const parsed = parseRecord(columns, cells);
      if ('reason' in parsed) {
        const isElsewhere = shard.index !== 1;
        records.addInvalid(line, isElsewhere);
        if (problems.length < listedProblems) problems.push({ line, ...parsed });
        count('invalid', isElsewhere);
        return;
      }
      const isElsewhere = shard.count > 1 && shardOf(parsed, shard.count) !== shard.index;
      const isFirst = records.addPair(line, parsed, isElsewhere);
      if (!isFirst) count('duplicates', isElsewhere);
      else count(protectedUsers.has(parsed.user) ? 'protected' : 'removals', isElsewhere);
    },
    finish() {
      const { workspaces, users } = records.countDistinct((user) => !protectedUsers.has(user));
      const table = records.freeze();
      return {
        columns,
        table,
        counts: ours,
        fileCounts: file,
        workspaces,
        users,
        problems,
        protectedLines: () => protectedLines(table, protectedUsers),
      };
    },
  };
}

function noRecords() {
  return { records: 0, removals: 0, duplicates: 0, invalid: 0, protected: 0 };
}

function* protectedLines(table: RecordTable, users: ReadonlySet<number>): Iterable<number> {
  if (users.size === 0) return;
  for (let index = 0; index < table.size; index++) {
    if (table.kindAt(index) === 'removal' && users.has(table.userAt(index))) yield table.lineAt(index);
  }
}
