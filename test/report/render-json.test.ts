import { describe, expect, it } from 'vitest';
import { renderJson } from '../../src/report/render-json.ts';
import { factsOf, recordOf, reportOf } from './sample-report.ts';

describe('renderJson', () => {
  it('reads back as the report, but holds nothing that steers a terminal', () => {
    const path = 'é\u001b[2J\u009b31m\u202e\u{e0041}\u2028.csv';
    const report = reportOf([recordOf()], {}, { input: { ...factsOf(1).input, path } });
    const text = renderJson(report);
    expect(JSON.parse(text)).toEqual(report);
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}]/u);
    expect(text).toContain('é');
  });
});
