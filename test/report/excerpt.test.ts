import { describe, expect, it } from 'vitest';
import { createExcerpt, excerptLimit } from '../../src/report/excerpt.ts';
import { recordOf, recordsOf } from './sample-report.ts';

describe('createExcerpt', () => {
  it('puts what needs a person first, each kind in the order of the input', () => {
    const excerpt = createExcerpt([0]);
    const endings = [
      recordOf({}, { line: 2 }),
      recordOf({ outcome: 'invalid' }, { line: 3 }),
      recordOf({ outcome: 'failed' }, { line: 4 }),
      recordOf({ outcome: 'forbidden' }, { line: 5 }),
      recordOf({ outcome: 'not-attempted', perhapsRemoved: true }, { line: 6 }),
      recordOf({ outcome: 'failed', perhapsRemoved: true }, { line: 7 }),
      recordOf({ outcome: 'not-found' }, { line: 8 }),
      recordOf({ outcome: 'forbidden' }, { line: 9 }),
    ];
    for (const record of endings) excerpt.add(record);
    expect(excerpt.rows().map(({ line }) => line)).toEqual([6, 7, 5, 9, 4, 3, 2, 8]);
  });

  it('is bounded, and no kind crowds out another', () => {
    const excerpt = createExcerpt([0]);
    for (const record of recordsOf({ forbidden: 5_000, failed: 3, removed: 5_000 })) excerpt.add(record);
    const rows = excerpt.rows();
    expect(rows).toHaveLength(excerptLimit);
    expect(rows.filter(({ group }) => group === 'failed')).toHaveLength(3);
  });

  it('keeps the columns asked for, cut and padded', () => {
    const excerpt = createExcerpt([2, 0, 9]);
    excerpt.add(
      recordOf({ detail: 'd'.repeat(10_000) }, { cells: ['1', '2', `${'x'.repeat(199)}😀 and more`] }),
    );
    const [row] = excerpt.rows();
    expect(row?.cells).toEqual([`${'x'.repeat(199)}…`, '1', '']);
    expect(row?.ending.detail).toHaveLength(801);
  });
});
