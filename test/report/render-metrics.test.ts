import { describe, expect, it } from 'vitest';
import { parseMetrics, renderMetrics } from '../../src/report/render-metrics.ts';
import { sampleEnding } from './sample-ending.ts';

const none: ReadonlyMap<string, number> = new Map();

describe('the metrics of a run', () => {
  it('say how it ended, each family with its help and type', () => {
    const text = renderMetrics(sampleEnding(), { job_file: 'leavers' }, none);
    for (const line of [
      'offboard_build_info{job_file="leavers",version="0.1.0"} 1',
      'offboard_last_success_timestamp_seconds{job_file="leavers"} 1790000000.5',
      'offboard_last_run_exit_code{job_file="leavers"} 0',
      'offboard_last_run_stopped{job_file="leavers",reason="none"} 0',
      'offboard_last_run_duration_seconds{job_file="leavers"} 12.5',
      'offboard_last_run_held_seconds{job_file="leavers"} 3',
      'offboard_last_run_records{job_file="leavers",outcome="removed"} 5',
      'offboard_last_run_records{job_file="leavers",outcome="not-attempted"} 0',
    ])
      expect(text).toContain(`\n${line}\n`);
    const names = Array.from(text.matchAll(/^# TYPE (\S+) gauge$/gm), ([, name]) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const sample of text.split('\n').filter((line) => line !== '' && !line.startsWith('#')))
      expect(names).toContain(/^[a-z_]+/.exec(sample)?.[0]);
    expect(text.endsWith('\n')).toBe(true);
  });

  it('leave out what nobody knows, not even its help', () => {
    const text = renderMetrics(sampleEnding({ exitCode: 2, report: undefined, folder: undefined }), {}, none);
    expect(text).toContain('\noffboard_last_run_exit_code 2\n');
    for (const name of ['_records', '_requests', '_success', '_perhaps']) expect(text).not.toContain(name);
  });

  it('escape a label as the format asks for it', () => {
    const text = renderMetrics(sampleEnding(), { job_file: 'a"b\\c\nd' }, none);
    expect(text).toContain(String.raw`{job_file="a\"b\\c\nd",version="0.1.0"} 1`);
  });
});

describe('the metrics of a run after another', () => {
  const good = sampleEnding({ exitCode: 0 });
  const bad = sampleEnding({
    exitCode: 2,
    endedAtMs: 1_800_000_000_000,
    report: undefined,
    folder: undefined,
  });

  it.each([{}, { job_file: 'leavers' }, { job_file: 'a} 9\n{"\\\r\u2028', shard: '1/2' }])(
    'keep its success and its report with the labels %o, where the run itself has none',
    (labels) => {
      const before = renderMetrics(good, labels, none);
      const after = parseMetrics(renderMetrics(bad, labels, parseMetrics(before)));
      const own = parseMetrics(renderMetrics(bad, labels, none));
      expect(after.size).toBeGreaterThan(own.size);
      expect(after).toEqual(new Map([...parseMetrics(before), ...own]));
    },
  );

  it('keep nothing of a job with other labels', () => {
    const before = parseMetrics(renderMetrics(good, { job_file: 'contractors' }, none));
    expect(renderMetrics(bad, { job_file: 'leavers' }, before)).toBe(
      renderMetrics(bad, { job_file: 'leavers' }, none),
    );
  });

  it('replace what they know themselves', () => {
    const before = parseMetrics(
      'offboard_last_run_exit_code 21\noffboard_last_success_timestamp_seconds 1\n',
    );
    expect(renderMetrics(good, {}, before)).toBe(renderMetrics(good, {}, none));
  });

  it.each([
    '',
    'offboard_last_run_requests',
    'offboard_last_run_requests NaN',
    'offboard_last_run_requests 1.2.3',
    '\0',
  ])('keep nothing of what cannot be read: %o', (text) => {
    expect(parseMetrics(text)).toEqual(none);
  });
});
