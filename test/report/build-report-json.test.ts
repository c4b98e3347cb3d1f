import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildReportJson } from '../../src/report/build-report-json.ts';
import { reportSchema } from '../../src/report/report-schema.ts';
import { createSummary } from '../../src/report/summary.ts';
import { anyRecords, countsOf, factsOf, recordOf, recordsOf, reportOf } from './sample-report.ts';

const fits = new Ajv2020({ strict: true, strictTypes: true, allErrors: true }).compile(reportSchema);

describe('buildReportJson', () => {
  it('fits the published schema, whatever the records', () => {
    fc.assert(
      fc.property(anyRecords, (records) => {
        fits(reportOf(records));
        expect(fits.errors ?? []).toEqual([]);
      }),
      { seed: 45 },
    );
  });

  it('names a file for each outcome and keeps private facts out', () => {
    const report = reportOf([recordOf()], {}, { stopMessage: 'for people' });
    expect(report.files['not-found']).toBe('not-found.csv');
    expect(report).not.toHaveProperty('stopMessage');
    expect(report.reasons).toEqual({ removed: { deleted: 1 } });
  });

  it('refuses counts that do not add up, and names both numbers', () => {
    const summary = createSummary();
    summary.add(recordOf());
    expect(() => buildReportJson(factsOf(3), summary.figures(), countsOf([recordOf()]))).toThrow(
      'the counts add up to 1, but the input has 3 records',
    );
  });

  it('refuses rows that are not what the journal says', () => {
    const summary = createSummary();
    summary.add(recordOf({ outcome: 'removed' }));
    const journal = countsOf([recordOf({ outcome: 'not-attempted' })]);
    expect(() => buildReportJson(factsOf(1), summary.figures(), journal)).toThrow(
      '1 rows are removed, but the journal says 0',
    );
  });

  it.each([
    { name: 'all twenty absent', counts: { 'not-found': 20 }, warns: true },
    { name: 'more than half of twenty', counts: { 'not-found': 11, removed: 9 }, warns: true },
    { name: 'exactly half', counts: { 'not-found': 10, removed: 10 }, warns: false },
    { name: 'too few removals', counts: { 'not-found': 19 }, warns: false },
    { name: 'too few, however many duplicates', counts: { 'not-found': 19, duplicate: 99 }, warns: false },
    {
      name: 'a stopped run, most of what it tried',
      counts: { 'not-found': 30, 'not-attempted': 999 },
      warns: true,
    },
    {
      name: 'a stopped run, a handful tried',
      counts: { 'not-found': 3, 'not-attempted': 999 },
      warns: false,
    },
  ])('weighs absent users: $name', ({ counts, warns }) => {
    const report = reportOf(recordsOf(counts));
    expect(report.warnings.some((warning) => warning.includes('A 404 cannot tell'))).toBe(warns);
  });

  it('warns of what is perhaps removed, after the warnings it was given', () => {
    const records = [recordOf({ outcome: 'failed', perhapsRemoved: true })];
    const { warnings, perhapsRemoved } = reportOf(records, {}, { warnings: ['a torn line was cut off'] });
    expect(perhapsRemoved).toBe(1);
    expect(warnings[0]).toBe('a torn line was cut off');
    expect(warnings[1]).toMatch(/^1 record is perhaps removed/);
  });
});

describe('reportSchema', () => {
  const report = reportOf([recordOf()]);
  it.each([
    { name: 'a key too many', broken: { ...report, apiKey: 'x' } },
    { name: 'a run that is neither', broken: { ...report, run: { ...report.run, status: 'done' } } },
    { name: 'a count that is missing', broken: { ...report, counts: { removed: 1 } } },
    { name: 'a digest that is none', broken: { ...report, input: { ...report.input, sha256: 'x' } } },
    {
      name: 'a whole key for a fingerprint',
      broken: { ...report, target: { ...report.target, apiKeyFingerprint: 'secret' } },
    },
  ])('refuses $name', ({ broken }) => {
    expect(fits(broken)).toBe(false);
  });

  it('knows shards and dry runs', () => {
    const input = { ...report.input, shard: '1/4', fileRecords: 9 };
    expect(fits({ ...report, input, target: { ...report.target, apiKeyFingerprint: null } })).toBe(true);
  });
});
