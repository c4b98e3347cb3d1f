import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
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
    { name: 'a good run', ending: sampleEnding(), success: 1_790_000_000.25 },
    {
      name: 'a run without a report',
      ending: sampleEnding({ exitCode: 2, report: undefined }),
      success: undefined,
    },
    { name: 'a run that was stopped', ending: sampleEnding({ exitCode: 21, reason: 'outage' }), success: 1 },
  ])('are as Prometheus wants them: $name', ({ ending, success }) => {
    const text = renderMetrics(ending, { job_file: 'a "quoted" \\ name\n', shard: '1/4' }, success);
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
    const rules = readFileSync(`${cwd}/alerts.yaml`, 'utf8');
    const named = new Set(rules.match(/offboard_[a-z_]+/g));
    const made = renderMetrics(sampleEnding(), {}, 1);
    expect(named.size).toBeGreaterThan(5);
    for (const name of named) expect(made).toContain(`# TYPE ${name} gauge`);
  });
});
