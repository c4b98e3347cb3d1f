import { describe, expect, it } from 'vitest';
import { parseLastSuccess, renderMetrics, successOf } from '../../src/report/render-metrics.ts';
import { sampleEnding } from './sample-ending.ts';

describe('the metrics of a run', () => {
  it('say how it ended, each family with its help and type', () => {
    const text = renderMetrics(sampleEnding(), { job_file: 'leavers' }, 1_790_000_000.25);
    for (const line of [
      'offboard_build_info{job_file="leavers",version="0.1.0"} 1',
      'offboard_last_success_timestamp_seconds{job_file="leavers"} 1790000000.25',
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
    const text = renderMetrics(
      sampleEnding({ exitCode: 2, report: undefined, folder: undefined }),
      {},
      undefined,
    );
    expect(text).toContain('\noffboard_last_run_exit_code 2\n');
    for (const name of ['_records', '_requests', '_success', '_perhaps']) expect(text).not.toContain(name);
  });

  it('escape a label as the format asks for it', () => {
    const text = renderMetrics(sampleEnding(), { job_file: 'a"b\\c\nd' }, undefined);
    expect(text).toContain(String.raw`{job_file="a\"b\\c\nd",version="0.1.0"} 1`);
  });
});

describe('the last success', () => {
  it('is that of the run itself where it ended with 0', () => {
    expect(successOf(sampleEnding({ exitCode: 0 }))).toBe(1_790_000_000.5);
    expect(successOf(sampleEnding({ exitCode: 20 }))).toBeUndefined();
  });

  it.each([{}, { job_file: 'leavers' }, { job_file: 'a} 9', shard: '1/2' }])(
    'is read back from earlier metrics with the labels %o',
    (labels) => {
      expect(parseLastSuccess(renderMetrics(sampleEnding(), labels, 1_790_000_000.25))).toBe(
        1_790_000_000.25,
      );
    },
  );

  it.each([
    '',
    'offboard_last_success_timestamp_seconds',
    'offboard_last_success_timestamp_seconds NaN',
    '\0',
  ])('is unknown where the file says nothing that can be read: %o', (text) => {
    expect(parseLastSuccess(text)).toBeUndefined();
  });
});
