import { describe, expect, it } from 'vitest';
import { compareWithTruth } from './compare-with-truth.ts';
import type { ReportRow, RunReport } from './read-report.ts';
import type { SeenRequest } from './truth-server.ts';

type RowParts = Partial<ReportRow> & Pick<ReportRow, 'line' | 'outcome'>;

function reportOf(rows: readonly RowParts[], perhapsRemoved = 0): RunReport {
  const counts: Record<string, number> = {};
  for (const { outcome } of rows) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return {
    json: { counts, perhapsRemoved } as unknown as RunReport['json'],
    rows: rows.map((row) => ({
      file: row.outcome,
      reason: '',
      status: '',
      attempts: 1,
      finishedAt: '',
      detail: '',
      cells: {},
      ...row,
    })),
    html: '',
  };
}

/** One workspace; users are members before the run unless they are above 100. */
function worldOf(pairs: readonly (string | undefined)[], removedByUs: readonly string[], goneOtherwise = '') {
  const before = new Set(pairs.filter((pair) => pair !== undefined && Number(pair.split('/')[1]) <= 100));
  const members = new Set(before);
  for (const pair of [...removedByUs, goneOtherwise]) members.delete(pair);
  const requests = removedByUs.map((pair) => ({ pair, removed: true }) as SeenRequest);
  return {
    input: pairs.map((pair, index) => ({ line: index + 2, pair })),
    membersBefore: before as ReadonlySet<string>,
    server: { members: members as ReadonlySet<string>, requests },
  };
}

describe('compareWithTruth', () => {
  it('finds nothing wrong with a report that is right', () => {
    const world = worldOf(['1/1', '1/101', '1/1', undefined, '1/2', '1/3'], ['1/1', '1/3']);
    const report = reportOf(
      [
        { line: 2, outcome: 'removed', reason: 'deleted' },
        { line: 3, outcome: 'not-found', reason: 'absent' },
        { line: 4, outcome: 'duplicate', reason: 'duplicate-of-line-2' },
        { line: 5, outcome: 'invalid' },
        { line: 6, outcome: 'forbidden' },
        { line: 7, outcome: 'failed', detail: 'perhaps removed: timeout' },
      ],
      1,
    );
    expect(compareWithTruth(report, world)).toEqual([]);
  });

  it.each([
    ['removed, but still a member', { outcome: 'removed' }, [], /still a member/],
    ['not found, but still a member', { outcome: 'not-found' }, [], /still a member/],
    ['absent, but we removed it', { outcome: 'not-found', reason: 'absent' }, ['1/1'], /was a member/],
    ['failed without perhaps, but we removed it', { outcome: 'failed' }, ['1/1'], /does not say perhaps/],
    ['not attempted, but we removed it', { outcome: 'not-attempted' }, ['1/1'], /does not say perhaps/],
    ['protected, but a request was sent', { outcome: 'protected', attempts: 0 }, ['1/1'], /request was sent/],
    ['protected too late, but we removed it', { outcome: 'protected' }, ['1/1'], /does not say perhaps/],
    ['forbidden, but we removed it', { outcome: 'forbidden' }, ['1/1'], /we removed it/],
    ['a duplicate of nothing', { outcome: 'duplicate' }, [], /first of its pair/],
    ['invalid, but it can be read', { outcome: 'invalid' }, [], /can be read/],
    ['in the wrong file', { outcome: 'removed', file: 'failed' }, ['1/1'], /stands in failed\.csv/],
  ] as const)('finds a row that is %s', (_, row, removedByUs, problem) => {
    const found = compareWithTruth(reportOf([{ line: 2, ...row }]), worldOf(['1/1'], removedByUs));
    expect(found.some((sentence) => problem.test(sentence))).toBe(true);
  });

  it('finds lines that are missing, there twice or made up, and counts that are wrong', () => {
    const row = { outcome: 'not-found', reason: 'absent' };
    const report = reportOf([
      { ...row, line: 3 },
      { ...row, line: 3 },
      { ...row, line: 9 },
    ]);
    const problems = compareWithTruth(report, worldOf(['1/101', '1/102'], []));
    expect(problems).toContain('line 2 is in the report 0 times');
    expect(problems).toContain('line 3 is in the report 2 times');
    expect(problems).toContain('line 9 is in the report, but not in the input');
    expect(problems).toContain('report.json counts 3 records, the input has 2');
  });

  it('finds a wrong number of perhaps removed', () => {
    const report = reportOf([{ line: 2, outcome: 'failed', detail: 'perhaps removed' }], 0);
    expect(compareWithTruth(report, worldOf(['1/1'], []))).toEqual([
      'perhaps removed: 0 in report.json, 1 in the CSVs',
    ]);
  });
});
