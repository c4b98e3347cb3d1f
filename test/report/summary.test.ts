import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { outcomes } from '../../src/plan/outcome.ts';
import { createSummary } from '../../src/report/summary.ts';
import { anyRecords, recordOf, type recordsOf } from './sample-report.ts';

function figuresOf(records: ReturnType<typeof recordsOf>) {
  const summary = createSummary();
  for (const record of records) summary.add(record);
  return summary.figures();
}

describe('createSummary', () => {
  it('counts nothing where there are no records', () => {
    const { counts, reasons, perhapsRemoved, forbiddenByWorkspace } = figuresOf([]);
    expect(Object.keys(counts)).toEqual([...outcomes]);
    expect(Object.values(counts)).toEqual(outcomes.map(() => 0));
    expect({ reasons, perhapsRemoved, forbiddenByWorkspace }).toEqual({
      reasons: {},
      perhapsRemoved: 0,
      forbiddenByWorkspace: [],
    });
  });

  it('adds up for any records, by outcome and by reason', () => {
    fc.assert(
      fc.property(anyRecords, (records) => {
        const { counts, reasons, perhapsRemoved } = figuresOf(records);
        expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(records.length);
        for (const outcome of outcomes) {
          const byReason = Object.values(reasons[outcome] ?? {});
          expect(byReason.reduce((sum, count) => sum + count, 0)).toBe(counts[outcome]);
        }
        expect(perhapsRemoved).toBe(records.filter(({ ending }) => ending.perhapsRemoved).length);
      }),
      { seed: 44 },
    );
  });

  it('counts duplicates under one reason, whatever line they repeat', () => {
    const duplicates = [2, 3, 4].map((line) =>
      recordOf({ outcome: 'duplicate', reason: `duplicate-of-line-${line}` }),
    );
    expect(figuresOf(duplicates).reasons).toEqual({ duplicate: { 'duplicate-of-line': 3 } });
  });

  it('names forbidden workspaces, most records first, then by id', () => {
    const forbidden = [7, 5, 9, 9, 5, 3].map((workspace) =>
      recordOf({ outcome: 'forbidden' }, { workspace }),
    );
    expect(figuresOf(forbidden).forbiddenByWorkspace).toEqual([
      { workspace: 5, records: 2 },
      { workspace: 9, records: 2 },
      { workspace: 3, records: 1 },
      { workspace: 7, records: 1 },
    ]);
  });
});
