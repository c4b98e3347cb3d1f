import { describe, expect, it } from 'vitest';
import { renderHeadline } from '../../src/report/headline.ts';
import { recordsOf, reportOf } from './sample-report.ts';

describe('renderHeadline', () => {
  const stopped = { status: 'stopped', reason: 'outage' } as const;
  it.each([
    {
      counts: { removed: 412, forbidden: 1, failed: 1, invalid: 1 },
      run: {},
      line: '412 removed, 3 need a person',
    },
    { counts: { removed: 2, failed: 1 }, run: {}, line: '2 removed, 1 needs a person' },
    { counts: { removed: 2, duplicate: 1 }, run: {}, line: '2 removed, nothing needs a person' },
    {
      counts: { removed: 2, 'not-attempted': 5 },
      run: stopped,
      line: 'Stopped (outage): 2 removed, 5 not attempted',
    },
    { counts: { removed: 2, failed: 3 }, run: stopped, line: 'Stopped (outage): 2 removed, 3 need a person' },
    {
      counts: { 'not-attempted': 7, invalid: 1 },
      run: { dryRun: true },
      line: 'Dry run, nothing was sent, 7 would be removed, 1 needs a person',
    },
  ])('says "$line"', ({ counts, run, line }) => {
    expect(renderHeadline(reportOf(recordsOf(counts), run))).toBe(line);
  });
});
