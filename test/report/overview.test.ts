import { describe, expect, it } from 'vitest';
import { type OverviewFacts, renderOverview } from '../../src/report/overview.ts';

const facts: OverviewFacts = {
  baseUrl: 'https://paradigm.lighton.ai',
  scope: 'instance',
  apiKeyFingerprint: 'sha256:0123456789ab',
  input: 'leavers.csv',
  columns: { workspace: 'Workspace ID', user: 'user_id' },
  shard: null,
  runFolder: 'offboard-runs/20261124T235342Z-ab12',
  earlierSessions: 0,
  removals: 1_234,
  settled: 0,
  users: 300,
  workspaces: 12,
  duplicates: 3,
  invalid: 0,
  protected: 1,
  rate: 10,
  concurrency: 8,
};

describe('renderOverview', () => {
  it('says what a run is about to do, the host first', () => {
    expect(renderOverview(facts).split('\n')).toEqual([
      'Instance      https://paradigm.lighton.ai (instance admin)',
      'API key       sha256:0123456789ab',
      'Run folder    offboard-runs/20261124T235342Z-ab12 (new)',
      'Input         leavers.csv',
      'Columns       workspace <- "Workspace ID", user <- "user_id"',
      'Removals      1,234 (300 users, 12 workspaces)',
      'Left out      3 duplicates, 0 invalid, 1 protected',
      'Pace          at most 10 requests/s, 8 in flight: about 2 m 4 s',
    ]);
  });

  it('says what is left of a run that is resumed', () => {
    const text = renderOverview({ ...facts, earlierSessions: 2, settled: 234, shard: '1/4', rate: 2.5 });
    expect(text).toContain('(resumes; 2 sessions before)');
    expect(text).toContain('Left          1,000 (234 settled before)');
    expect(text).toContain('Shard         1/4: the counts are of this share');
    expect(text).toContain('at most 2.5 requests/s, 8 in flight: about 6 m 40 s');
  });

  it.each<[string, Partial<OverviewFacts>]>([
    ['API key       none needed: nothing is sent', { apiKeyFingerprint: null }],
    ['Run folder    none is written', { runFolder: undefined }],
    ['Input         standard input', { input: '-' }],
    ['Removals      none', { removals: 0, users: 0, workspaces: 0 }],
    ['Removals      1,234 (300 users, 12 workspaces), all settled', { settled: 1_234 }],
    ['Removals      1 (1 user, 1 workspace)', { removals: 1, users: 1, workspaces: 1 }],
    ['Pace          as fast as the API answers, at most 8 in flight', { rate: 'off' }],
    ['Pace          at most 3.33 requests/s, 8 in flight: about 6 m 11 s', { rate: 10 / 3 }],
    ['Pace          at most 10 requests/s, 8 in flight\n', { settled: 1_234 }],
  ])('says %j', (line, changed) => {
    expect(`${renderOverview({ ...facts, ...changed })}\n`).toContain(line);
  });

  it('shows hostile headers as text', () => {
    const text = renderOverview({
      ...facts,
      columns: { workspace: 'a\u001b[2J', user: '\u202eb\nInstance evil' },
    });
    expect(text).toContain('workspace <- "a\\u001b[2J"');
    expect(text.split('\n')).toHaveLength(renderOverview(facts).split('\n').length);
  });

  it('stays within 80 columns where words are not longer', () => {
    const long = {
      workspace: 'the workspace that '.repeat(8).trim(),
      user: 'someone else '.repeat(8).trim(),
    };
    for (const line of renderOverview({ ...facts, columns: long }).split('\n')) {
      expect(line.length).toBeLessThanOrEqual(80);
    }
  });
});
