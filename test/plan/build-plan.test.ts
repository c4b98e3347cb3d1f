import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Shard } from '../../src/options/run-options.ts';
import { createPlanBuilder, type Plan } from '../../src/plan/build-plan.ts';
import { shardOf } from '../../src/plan/shard.ts';

const columns = { header: ['workspace', 'user'], workspace: 0, user: 1 };

function buildPlan(rows: readonly (readonly string[])[], protectedUsers: number[] = [], shard?: Shard): Plan {
  const builder = createPlanBuilder(columns, new Set(protectedUsers), shard);
  for (const [index, cells] of rows.entries()) builder.add({ line: index + 2, cells });
  return builder.finish();
}

function kindsOf(plan: Plan): string[] {
  return Array.from({ length: plan.table.size }, (_, index) => plan.table.kindAt(index));
}

describe('createPlanBuilder', () => {
  it('sorts records: invalid before duplicate before protected', () => {
    const plan = buildPlan(
      [
        ['1', '10'],
        ['1', 'x'],
        ['01', ' 10'],
        ['1', 'x'],
        ['1', '66'],
        ['2', '66'],
        ['1', '66'],
        ['2', '10'],
      ],
      [66],
    );
    expect(kindsOf(plan)).toEqual([
      'removal',
      'invalid',
      'duplicate',
      'invalid',
      'removal',
      'removal',
      'duplicate',
      'removal',
    ]);
    expect(plan.counts).toEqual({ records: 8, removals: 2, duplicates: 2, invalid: 2, protected: 2 });
    expect(plan.fileCounts).toEqual(plan.counts);
    expect([...plan.protectedLines()]).toEqual([6, 7]);
    expect([plan.workspaces, plan.users]).toEqual([2, 1]);
    expect(plan.table.firstLineAt(6)).toBe(6);
  });

  it('counts nothing in an input without records', () => {
    const plan = buildPlan([]);
    expect(plan.counts).toEqual({ records: 0, removals: 0, duplicates: 0, invalid: 0, protected: 0 });
    expect([plan.workspaces, plan.users]).toEqual([0, 0]);
    expect([...plan.protectedLines()]).toEqual([]);
  });

  it('keeps the first twenty problems with their lines', () => {
    const plan = buildPlan(Array.from({ length: 30 }, (_, index) => ['1', `x${index}`]));
    expect(plan.problems).toHaveLength(20);
    expect(plan.problems[19]).toEqual({ line: 21, reason: 'not-an-id:user', detail: 'x19' });
    expect(plan.counts.invalid).toBe(30);
  });

  it('gives invalid records to shard 1, and shows their problems to all', () => {
    const rows = [['1', 'x']];
    const first = buildPlan(rows, [], { index: 1, count: 2 });
    const second = buildPlan(rows, [], { index: 2, count: 2 });
    expect([kindsOf(first), kindsOf(second)]).toEqual([['invalid'], ['elsewhere']]);
    expect([first.counts.invalid, second.counts.invalid]).toEqual([1, 0]);
    expect([first.fileCounts.invalid, second.fileCounts.invalid]).toEqual([1, 1]);
    expect(second.problems).toEqual(first.problems);
  });

  const cell = fc.oneof(fc.integer({ min: 1, max: 6 }).map(String), fc.constantFrom('x', '0', ''));
  const rows = fc.array(fc.tuple(cell, cell), { maxLength: 40 });

  it('splits a file over shards so that each record is in exactly one, and duplicates are with their first', () => {
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 5 }), (table, count) => {
        const whole = buildPlan(table, [3]);
        const shards = Array.from({ length: count }, (_, n) =>
          buildPlan(table, [3], { index: n + 1, count }),
        );
        for (const shard of shards) expect(shard.fileCounts).toEqual(whole.fileCounts);
        for (const key of ['records', 'removals', 'duplicates', 'invalid', 'protected'] as const) {
          expect(shards.reduce((sum, shard) => sum + shard.counts[key], 0)).toBe(whole.counts[key]);
        }
        for (let index = 0; index < whole.table.size; index++) {
          const kinds = shards
            .map((shard) => shard.table.kindAt(index))
            .filter((kind) => kind !== 'elsewhere');
          expect(kinds).toEqual([whole.table.kindAt(index)]);
        }
        expect(shards.flatMap((shard) => [...shard.protectedLines()]).toSorted((a, b) => a - b)).toEqual([
          ...whole.protectedLines(),
        ]);
      }),
      { seed: 8 },
    );
  });

  it('counts what the shard it belongs to would remove, and from where', () => {
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 3 }), (table, count) => {
        const ours = new Map<string, readonly [number, number]>();
        for (const [workspace, user] of table) {
          const pair = { workspace: Number(workspace), user: Number(user) };
          if (!(pair.workspace > 0 && pair.user > 0) || pair.user === 3 || shardOf(pair, count) !== 1)
            continue;
          ours.set(`${workspace},${user}`, [pair.workspace, pair.user]);
        }
        const plan = buildPlan(table, [3], { index: 1, count });
        expect(plan.counts.removals).toBe(ours.size);
        expect(plan.workspaces).toBe(new Set([...ours.values()].map(([workspace]) => workspace)).size);
        expect(plan.users).toBe(new Set([...ours.values()].map(([, user]) => user)).size);
      }),
      { seed: 9 },
    );
  });
});
