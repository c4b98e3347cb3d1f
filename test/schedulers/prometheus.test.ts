import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { renderMetrics } from '../../src/report/render-metrics.ts';
import { sampleEnding } from '../report/sample-ending.ts';

const cwd = fileURLToPath(new URL('../../jobs/prometheus', import.meta.url));

function promtool(words: readonly string[], input = '') {
  const { status, stdout, stderr } = spawnSync('promtool', words, { cwd, encoding: 'utf8', input });
  return { status, output: `${stdout}${stderr}` };
}

describe('the metrics', () => {
  it.each([
    { name: 'a good run', ending: sampleEnding() },
    {
      name: 'a run without a report',
      ending: sampleEnding({ exitCode: 2, report: undefined }),
    },
    { name: 'a run that was stopped', ending: sampleEnding({ exitCode: 21, reason: 'outage' }) },
  ])('are as Prometheus wants them: $name', ({ ending }) => {
    const text = renderMetrics(ending, { job_file: 'a "quoted" \\ name\n', shard: '1/4' }, new Map());
    expect(promtool(['check', 'metrics'], text)).toEqual({ status: 0, output: '' });
  });
});

describe('the alert rules', () => {
  it('are understood', () => {
    expect(promtool(['check', 'rules', 'alerts.yaml'])).toMatchObject({ status: 0 });
  });

  it('call when they should, and only then', () => {
    expect(promtool(['test', 'rules', 'alerts.test.yaml'])).toMatchObject({ status: 0 });
  });

  it('ask for metrics that there are', () => {
    expectMade(readFileSync(`${cwd}/alerts.yaml`, 'utf8'));
  });
});

describe('the dashboard', () => {
  const text = readFileSync(`${cwd}/dashboard.json`, 'utf8');
  const { panels }: { panels: readonly { targets: readonly { expr: string }[] }[] } = JSON.parse(text);
  const queries = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));

  it('asks what Prometheus understands', () => {
    const rules = queries.map((query, at) => ({
      record: `query:${at}`,
      expr: query.replaceAll('$job_file', 'leavers|contractors'),
    }));
    const file = join(mkdtempSync(join(tmpdir(), 'offboard-dashboard-')), 'queries.yaml');
    writeFileSync(file, JSON.stringify({ groups: [{ name: 'dashboard', rules }] }));
    expect(promtool(['check', 'rules', file])).toMatchObject({ status: 0 });
    rmSync(dirname(file), { recursive: true });
    expect(queries.length).toBeGreaterThan(6);
  });

  it('asks for metrics that there are, by a variable that is there', () => {
    expectMade(text);
    for (const query of queries) expect(query).toContain('job_file=~"$job_file"');
    expect(text).toContain('"name": "job_file"');
  });
});

function expectMade(text: string): void {
  const named = new Set(text.match(/offboard_[a-z]+_[a-z_]+/g));
  const made = renderMetrics(sampleEnding(), {}, new Map());
  expect(named.size).toBeGreaterThan(5);
  for (const name of named) expect(made).toContain(`# TYPE ${name} gauge`);
}
