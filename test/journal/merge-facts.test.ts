import { describe, expect, it } from 'vitest';
import { mergeFacts } from '../../src/journal/merge-facts.ts';
import type { ReportFacts } from '../../src/report/report-json.ts';
import { factsOf } from '../report/sample-report.ts';

const requests = factsOf(1).requests;

function shard(
  index: number,
  run: Partial<ReportFacts['run']> = {},
  rest: Partial<ReportFacts> = {},
): ReportFacts {
  const facts = factsOf(10, { id: `run-${index}`, host: `host-${index % 2}`, ...run }, rest);
  return { ...facts, input: { ...facts.input, shard: `${index}/3`, fileRecords: 30 } };
}

describe('mergeFacts', () => {
  it('adds the shards up', () => {
    const merged = mergeFacts([shard(1), shard(2), shard(3)], requests);
    expect(merged.input).toMatchObject({ records: 30, shard: null });
    expect(merged.run).toMatchObject({
      id: 'run-1, run-2, run-3',
      host: 'host-1, host-0',
      status: 'completed',
      reason: null,
    });
    expect(merged.warnings).toEqual([]);
  });

  it('says which shards are missing', () => {
    const merged = mergeFacts([shard(1), shard(3)], requests);
    expect(merged.input.shard).toBe('1/3, 3/3');
    expect(merged.warnings[0]).toContain('shard 2/3 is missing');
  });

  it('reaches from the first start to the last end', () => {
    const merged = mergeFacts(
      [
        shard(1, { startedAt: '2026-11-24T23:00:02.000Z', finishedAt: '2026-11-24T23:10:00.000Z' }),
        shard(2, { startedAt: '2026-11-24T23:00:01.000Z', finishedAt: '2026-11-24T23:09:00.000Z' }),
      ],
      requests,
    );
    expect(merged.run.startedAt).toBe('2026-11-24T23:00:01.000Z');
    expect(merged.run.finishedAt).toBe('2026-11-24T23:10:00.000Z');
  });

  it.each([
    { codes: [0, 20, 0], code: 20 },
    { codes: [20, 21, 0], code: 21 },
    { codes: [21, 23, 20], code: 23 },
    { codes: [23, 1, 21], code: 1 },
    { codes: [0, 0, 0], code: 0 },
  ])('ends with the gravest of $codes: $code', ({ codes, code }) => {
    const [first = 0, ...rest] = codes;
    const all = [first, ...rest].map((exitCode, index) => shard(index + 1, { exitCode }));
    expect(mergeFacts(all as [ReportFacts, ...ReportFacts[]], requests).run.exitCode).toBe(code);
  });

  it('is stopped where one of them is, and says why the gravest one was', () => {
    const merged = mergeFacts(
      [
        shard(1),
        shard(2, { status: 'stopped', reason: 'outage', exitCode: 21 }, { stopMessage: 'away' }),
        shard(3, { status: 'stopped', reason: 'tls', exitCode: 23 }, { stopMessage: 'no trust' }),
      ],
      requests,
    );
    expect(merged.run).toMatchObject({ status: 'stopped', reason: 'tls' });
    expect(merged.stopMessage).toBe('no trust');
  });

  it('names the shard of each warning', () => {
    const merged = mergeFacts([shard(1, {}, { warnings: ['torn'] }), shard(2), shard(3)], requests);
    expect(merged.warnings).toEqual(['shard 1/3: torn']);
  });
});
