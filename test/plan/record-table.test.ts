import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashPair } from '../../src/plan/pair-hash.ts';
import { createRecordTable } from '../../src/plan/record-table.ts';

describe('createRecordTable', () => {
  it('keeps each record with its kind, line and ids', () => {
    const records = createRecordTable();
    records.addPair(2, { workspace: 1, user: 10 }, false);
    records.addInvalid(3, false);
    records.addPair(5, { workspace: 1, user: 10 }, false);
    records.addPair(6, { workspace: 1, user: 11 }, true);
    records.addInvalid(9, true);
    const table = records.freeze();

    expect(table.size).toBe(5);
    expect([0, 1, 2, 3, 4].map((index) => [table.lineAt(index), table.kindAt(index)])).toEqual([
      [2, 'removal'],
      [3, 'invalid'],
      [5, 'duplicate'],
      [6, 'elsewhere'],
      [9, 'elsewhere'],
    ]);
    expect([table.workspaceAt(0), table.userAt(0)]).toEqual([1, 10]);
    expect(table.firstLineAt(2)).toBe(2);
  });

  it('finds a record by the line it starts on, and none between', () => {
    const lines = [2, 3, 7, 20, 1000, 1001];
    const records = createRecordTable();
    for (const line of lines) records.addInvalid(line, false);
    const table = records.freeze();
    expect(lines.map((line) => table.indexOfLine(line))).toEqual([0, 1, 2, 3, 4, 5]);
    expect([0, 1, 4, 19, 999, 1002].map((line) => table.indexOfLine(line))).toEqual([-1, -1, -1, -1, -1, -1]);
  });

  it('has no line in an empty table', () => {
    expect(createRecordTable().freeze().indexOfLine(2)).toBe(-1);
  });

  it('knows duplicates as a map would, with the line of the first', () => {
    const id = fc.oneof(
      fc.integer({ min: 1, max: 5 }),
      fc.maxSafeNat().filter((n) => n > 0),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(id, id), { maxLength: 60 }), (pairs) => {
        expectAsMap(pairs);
      }),
      { seed: 7, numRuns: 200 },
    );
  });

  it('knows them among many too', () => {
    expectAsMap(Array.from({ length: 30_000 }, (_, n) => [1 + (n % 7), 1 + (n % 19_997)]));
  });

  it('knows apart pairs that hash the same', () => {
    const slots = new Map<number, [number, number][]>();
    for (let user = 1; user < 200_000; user++) {
      const slot = hashPair({ workspace: 1, user }) % 1024;
      slots.set(slot, [...(slots.get(slot) ?? []).slice(0, 99), [1, user]]);
    }
    expectAsMap([...slots.values()].slice(0, 3).flat());
  });
});

function expectAsMap(pairs: readonly (readonly [number, number])[]): void {
  const records = createRecordTable();
  const firstLines = new Map<string, number>();
  const expected = pairs.map(([workspace, user], index) => {
    const line = index + 2;
    const first = firstLines.get(`${workspace},${user}`);
    if (first === undefined) firstLines.set(`${workspace},${user}`, line);
    const isFirst = records.addPair(line, { workspace, user }, false);
    return first === undefined ? [isFirst, 'removal', workspace, user] : [isFirst, 'duplicate', first];
  });
  const table = records.freeze();
  const found = pairs.map((_, index) =>
    table.kindAt(index) === 'removal'
      ? [true, 'removal', table.workspaceAt(index), table.userAt(index)]
      : [false, table.kindAt(index), table.firstLineAt(index)],
  );
  expect(found).toEqual(expected);
}
