import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ReportRecord } from '../../src/report/ending.ts';
import { createExcerpt } from '../../src/report/excerpt.ts';
import { choosePageColumns } from '../../src/report/page-records.ts';
import { pageScript, pageScriptHash } from '../../src/report/page-script.ts';
import { pageStyle, pageStyleHash } from '../../src/report/page-style.ts';
import { buildCsvLayout } from '../../src/report/render-csv.ts';
import { renderHtml } from '../../src/report/render-html.ts';
import { factsOf, recordOf, recordsOf, reportOf } from './sample-report.ts';

type Rest = NonNullable<Parameters<typeof reportOf>[2]>;

function pageOf(
  records: readonly ReportRecord[],
  run: Parameters<typeof reportOf>[1] = {},
  rest: Rest = {},
  header: readonly string[] = ['workspace_id', 'user_id', 'name'],
): string {
  const layout = buildCsvLayout(header, { workspace: 0, user: 1 });
  const excerpt = createExcerpt(choosePageColumns(layout));
  for (const record of records) excerpt.add(record);
  return renderHtml({
    report: reportOf(records, run, rest),
    layout,
    rows: excerpt.rows(),
    stopMessage: rest.stopMessage ?? null,
    command: 'offboard run "a.csv"',
  });
}

/** The tags that were opened and not closed, in a page without unclosed paragraphs and list items. */
function unclosedTags(html: string): readonly string[] {
  const open: string[] = [];
  const body = html.replace(/<(script|style)>[\s\S]*?<\/\1>/g, '');
  for (const [, slash, name, selfClosed] of body.matchAll(/<(\/?)([a-z][a-z0-9]*)[^>]*?(\/?)>/g)) {
    if (name === undefined || ['meta', 'br', 'input'].includes(name) || selfClosed === '/') continue;
    if (slash === '') open.push(name);
    else if (open.pop() !== name) open.push(`unexpected /${name}`);
  }
  return open;
}

describe('renderHtml', () => {
  const attack = `"'><script>alert(1)</script><img src=x onerror=alert(1)>\u202E`;

  it('says what happened in its title', () => {
    expect(pageOf(recordsOf({ removed: 4, failed: 2 }))).toContain(
      '<title>4 removed, 2 need a person</title>',
    );
  });

  it('never takes text for markup, wherever it comes from', () => {
    const records = [
      recordOf({ reason: attack, detail: attack, outcome: 'invalid' }, { cells: [attack, attack, attack] }),
      recordOf({ reason: attack, detail: attack, outcome: 'failed', perhapsRemoved: true }),
    ];
    const facts = factsOf(2);
    const html = pageOf(
      records,
      { host: attack, id: attack, status: 'stopped', reason: attack },
      {
        warnings: [attack],
        stopMessage: attack,
        settings: { [attack]: attack },
        input: { ...facts.input, path: attack, columns: { workspace: attack, user: attack } },
        target: { ...facts.target, baseUrl: attack },
      },
      ['workspace_id', attack, attack],
    );
    expect(html.match(/<script/g)).toHaveLength(1);
    expect(html).not.toContain('<img');
    expect(html).not.toContain('\u202E');
    expect(html).toContain('⟨U+202E⟩');
    expect(unclosedTags(html)).toEqual([]);
  });

  it('loads nothing, and allows exactly its own script and style', () => {
    const html = pageOf(recordsOf({ removed: 1 }));
    expect(html).toContain(
      `content="default-src 'none'; script-src '${pageScriptHash}'; style-src '${pageStyleHash}'; base-uri 'none'; form-action 'none'"`,
    );
    expect(html).not.toMatch(/\s(src|srcset|style|on\w+)=/);
    expect(html).not.toMatch(/@import|url\(/);
    expect([...html.matchAll(/href="([^"]*)"/g)].every(([, link]) => /^[a-z-]+\.csv$/.test(link ?? ''))).toBe(
      true,
    );
  });

  it.each([
    { name: 'script', text: pageScript, hash: pageScriptHash },
    { name: 'style', text: pageStyle, hash: pageStyleHash },
  ])('knows the hash of its $name', ({ text, hash }) => {
    expect(hash).toBe(`sha256-${createHash('sha256').update(text).digest('base64')}`);
  });

  it('draws a bar that adds up, told in words, too', () => {
    const html = pageOf(recordsOf({ removed: 997, failed: 1, invalid: 2 }));
    const widths = [...html.matchAll(/<rect class="[a-z-]+" x="[\d.]+" y="0" width="([\d.]+)"/g)];
    const sum = widths.reduce((total, [, width]) => total + Number(width) + 1, 0);
    expect(sum).toBeCloseTo(1000, 0);
    expect(html).toContain('aria-label="997 removed, 1 failed, 2 invalid"');
  });

  it('puts what needs a person before the table, by workspace and by line', () => {
    const records = [
      recordOf({ outcome: 'forbidden' }, { workspace: 77 }),
      recordOf({ outcome: 'invalid', reason: 'not-an-id:user_id', detail: 'abc' }, { line: 9 }),
      recordOf(
        { outcome: 'not-attempted', detail: 'perhaps removed: timeout', perhapsRemoved: true },
        { line: 11 },
      ),
    ];
    const html = pageOf(records);
    const attention = html.slice(html.indexOf('What needs a person'), html.indexOf('<h2>Records'));
    expect(attention).toContain('<th scope="row">77</th><td class="count">1</td>');
    expect(attention).toContain('line 9: <bdi>not-an-id:user_id</bdi>, <bdi>abc</bdi>');
    expect(attention).toContain('line 11: ');
  });

  it('says plainly what is not shown', () => {
    const html = pageOf(recordsOf({ forbidden: 600, removed: 2_000, failed: 30 }));
    expect(html).toContain('2000 of 2630 records are shown, those that need a person first; 630 are not.');
    expect(html).toContain('10 more are in the CSV files.');
  });

  it('says that nothing needs a person', () => {
    expect(pageOf(recordsOf({ removed: 1 }))).toContain('Nothing needs a person.');
  });

  it('says why a run stopped and what to type next', () => {
    const html = pageOf(
      recordsOf({ 'not-attempted': 1 }),
      { status: 'stopped', reason: 'outage' },
      { stopMessage: 'No answer.' },
    );
    expect(html).toContain(
      '<strong>Stopped before the end.</strong> No answer. When the instance answers again',
    );
    expect(html).toContain('<code class="command">offboard run &quot;a.csv&quot;</code>');
  });

  it('says at least that a run stopped where nothing more is known', () => {
    const html = pageOf([recordOf()], { status: 'stopped', reason: null });
    expect(html).toContain('<title>Stopped (unknown reason): 1 removed</title>');
    expect(html).toContain('<strong>Stopped before the end.</strong>  The same command goes on');
  });

  it.each([
    { shard: null, fileRecords: undefined, shown: '<dd dir="auto">1</dd>' },
    { shard: '1/2', fileRecords: 9, shown: '<dd dir="auto">1, shard 1/2 of a file with 9</dd>' },
    { shard: '1/2', fileRecords: undefined, shown: '<dd dir="auto">1, shard 1/2</dd>' },
  ])('names shard $shard and what it is of', ({ shard, fileRecords, shown }) => {
    const input = { ...factsOf(1).input, shard, ...(fileRecords === undefined ? {} : { fileRecords }) };
    expect(pageOf([recordOf()], {}, { input })).toContain(shown);
  });

  it('gives the evidence: digest, key fingerprint, host, settings', () => {
    const html = pageOf([recordOf()]);
    for (const fact of [
      'ab'.repeat(32),
      'sha256:0123456789ab',
      'ops-1',
      '<dt>Setting timeout</dt><dd dir="auto">30s</dd>',
    ]) {
      expect(html).toContain(fact);
    }
  });

  it('tells a dry run: no key, nothing sent, and the command that runs it', () => {
    const target = { ...factsOf(1).target, apiKeyFingerprint: null };
    const ending = { outcome: 'not-attempted', reason: 'dry-run', status: null, finishedAt: null } as const;
    const html = pageOf([recordOf(ending)], { dryRun: true }, { target });
    expect(html).toContain('<dd dir="auto">yes, nothing was sent</dd>');
    expect(html).toContain('<dd dir="auto">none needed</dd>');
    expect(html).toContain('<p>What to type next: <code');
    expect(html).toContain(
      '<td dir="auto">dry-run</td><td dir="auto"></td><td dir="auto">1</td><td dir="auto"></td>',
    );
  });

  it('marks what is perhaps removed in words, and lets it be filtered', () => {
    const html = pageOf([recordOf({ outcome: 'failed', perhapsRemoved: true })]);
    expect(html).toContain('<td>failed, perhaps removed</td>');
    expect(html).toContain('<option>failed</option><option value="perhaps-removed">');
  });

  it('counts the reasons of an outcome, most frequent first', () => {
    const reasons = ['timeout', 'http-418', 'http-418'];
    const html = pageOf(reasons.map((reason) => recordOf({ outcome: 'failed', reason })));
    expect(html).toContain('http-418: 2<br>timeout: 1');
  });

  it('is read without a script: only the controls wait for one', () => {
    expect(pageOf([recordOf()]).match(/ hidden/g)).toHaveLength(1);
  });
});
