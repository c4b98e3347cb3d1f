import { describe, expect, it } from 'vitest';
import { renderSummary } from '../../src/report/render-summary.ts';
import { factsOf, recordOf, recordsOf, reportOf } from './sample-report.ts';

const surroundings = { folder: 'runs/r1', command: 'offboard run a.csv --out runs/r1', stopMessage: null };

function linesOf(text: string): readonly string[] {
  return text.trimEnd().split('\n');
}

describe('renderSummary', () => {
  it('aligns the counts, leaves out what did not happen, and adds up', () => {
    const report = reportOf(recordsOf({ removed: 10, 'not-found': 2, duplicate: 1 }));
    expect(linesOf(renderSummary(report, surroundings))).toEqual([
      '10 removed, nothing needs a person',
      '',
      '  removed        10',
      '  not-found       2  absent',
      '  duplicate       1',
      '  records        13',
      '  requests: 3 in 2.5 s (1.2/s), retries: 1, throttled: 0',
      '',
      'Report  runs/r1/report.html',
      'Exit    0: every record is removed, not-found, duplicate or protected (or a dry',
      '        run found no problem)',
    ]);
  });

  it('says what happened to removals even where none was done', () => {
    expect(renderSummary(reportOf(recordsOf({ failed: 1 })), surroundings)).toMatch(/^ {2}removed +0$/m);
  });

  it('names the five worst forbidden workspaces, the right that is missing and the command', () => {
    const records = [1, 2, 3, 4, 5, 6, 7, 7].map((workspace) =>
      recordOf({ outcome: 'forbidden' }, { workspace }),
    );
    const text = renderSummary(reportOf(records, { exitCode: 20 }), surroundings);
    expect(text).toContain('    workspace 7: 2 records\n    workspace 1: 1 record\n');
    expect(text).toContain('    and 2 more workspaces, see report.html\n');
    expect(text).not.toContain('workspace 5:');
    expect(text).toContain('instance-level admin');
    expect(text).toContain('Next    offboard run a.csv --out runs/r1 --retry-forbidden\n');
    expect(text).toContain('Exit    20: done, but some records are forbidden, failed or invalid');
  });

  it('says why it stopped and what to type next', () => {
    const run = { status: 'stopped', reason: 'outage', exitCode: 21 } as const;
    const report = reportOf(recordsOf({ removed: 1, 'not-attempted': 4 }), run);
    const text = renderSummary(report, {
      ...surroundings,
      stopMessage: 'api.example did not answer for 10 m.',
    });
    expect(text).toMatch(/^Stopped \(outage\): 1 removed, 4 not attempted\n\napi\.example did not answer/);
    expect(text).toContain('Next    offboard run a.csv --out runs/r1\n');
  });

  it('says of a dry run that nothing was sent, and what a run would do', () => {
    const requests = { ...factsOf(0).requests, sent: 0 };
    const report = reportOf(recordsOf({ 'not-attempted': 4 }), { dryRun: true }, { requests });
    const text = renderSummary(report, {
      folder: undefined,
      command: 'offboard run a.csv',
      stopMessage: null,
    });
    expect(text).toMatch(/^Dry run, nothing was sent, 4 would be removed\n/);
    expect(text).toContain('  no request was sent\n');
    expect(text).toContain('Next    offboard run a.csv\n');
    expect(text).not.toContain('report.html');
  });

  it('names reasons, most frequent first, and what is perhaps removed', () => {
    const records = [
      recordOf({ outcome: 'failed', reason: 'http-418' }),
      recordOf({ outcome: 'failed', reason: 'timeout', perhapsRemoved: true }),
      recordOf({ outcome: 'failed', reason: 'timeout' }),
    ];
    const text = renderSummary(reportOf(records, { exitCode: 20 }), surroundings);
    expect(text).toMatch(/^ {2}failed +3 {2}timeout 2, http-418 1$/m);
    expect(text).toContain('Warning: 1 record is perhaps removed');
  });

  it('prints hostile text escaped, and within 80 columns where words allow', () => {
    const records = [recordOf({ outcome: 'invalid', reason: 'not-an-id:\u001b[31m\u202euser' })];
    const report = reportOf(records, { exitCode: 20 }, { warnings: ['\u0007 word'.repeat(40)] });
    const text = renderSummary(report, { ...surroundings, folder: 'runs/\u009b1' });
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(linesOf(text).filter((line) => line.length > 80)).toEqual([]);
  });

  it('leaves an exit code without a meaning where the table has none', () => {
    expect(renderSummary(reportOf([], { exitCode: 99 }), surroundings)).toMatch(/Exit {4}99\n$/);
  });
});
