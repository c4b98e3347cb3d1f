import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outcomes } from '../../src/plan/outcome.ts';
import { runOffboard } from '../support/run-offboard.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'offboard-office-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Converts files into a new folder, all with one start of LibreOffice; returns what is in it, by name. */
function convertAll(files: readonly string[], to: string, infilter?: string): readonly string[] {
  const out = mkdtempSync(join(folder, 'out-'));
  const profile = `-env:UserInstallation=file://${join(folder, 'profile')}`;
  const reading = infilter === undefined ? [] : [`--infilter=${infilter}`];
  const args = [profile, '--headless', ...reading, '--convert-to', to, '--outdir', out, ...files];
  execFileSync('soffice', args, { stdio: 'pipe' });
  return readdirSync(out)
    .sort()
    .map((name) => join(out, name));
}

function convert(file: string, to: string, infilter?: string): string {
  return convertAll([file], to, infilter)[0] ?? '';
}

/** Tokens of the export: delimiter, quote, character set (76 is UTF-8, 65535 UTF-16), first line, … */
function saveAsCsv(sheet: string, tokens: string): string {
  return convert(sheet, `csv:Text - txt - csv (StarCalc):${tokens}`);
}

const utf8 = 'CSV:44,34,76,1';

describe('a list saved by LibreOffice', () => {
  const list =
    'workspace_id,user_id,Prénom,Note\n14,2046,"Inès","eins\nzwei; drei"\n0021,2047,"Zoë ""Z""",ok\n';

  it.each([
    { name: 'semicolons, UTF-8', tokens: '59,34,76,1' },
    { name: 'semicolons, UTF-16 with its mark', tokens: '59,34,65535,1' },
    { name: 'tabs, UTF-8', tokens: '9,34,76,1' },
    { name: 'commas, all cells quoted', tokens: '44,34,76,1,,0,true' },
    { name: 'semicolons, in French', tokens: '59,34,76,1,,1036' },
  ])('is read as it was: $name', async ({ tokens }) => {
    const source = join(folder, 'list.csv');
    writeFileSync(source, list);
    const saved = saveAsCsv(convert(source, 'xlsx', utf8), tokens);
    const out = mkdtempSync(join(folder, 'plan-'));
    const { exitCode, stderr } = await runOffboard(['plan', saved, '--out', join(out, 'run')], {
      cwd: folder,
    });
    expect(stderr).not.toContain('warn');
    expect(exitCode).toBe(0);
    const rows = readFileSync(join(out, 'run', 'not-attempted.csv'), 'utf8');
    expect(rows).toContain('14,2046,Inès,"eins\nzwei; drei",2,not-attempted');
    expect(rows).toContain('21,2047,"Zoë ""Z""",ok,4,not-attempted');
  });
});

describe('a sheet whose ids are shown as 1,200', () => {
  /** One row of numbers with a thousands separator; LibreOffice saves cells as they are shown unless told otherwise. */
  const sheet = `<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"
 xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0" office:version="1.3"
 office:mimetype="application/vnd.oasis.opendocument.spreadsheet">
<office:automatic-styles>
<number:number-style style:name="N1">
<number:number number:decimal-places="0" number:min-integer-digits="1" number:grouping="true"/>
</number:number-style>
<style:style style:name="grouped" style:family="table-cell" style:data-style-name="N1"/>
</office:automatic-styles>
<office:body><office:spreadsheet><table:table table:name="Leavers">
<table:table-row><table:table-cell office:value-type="string"><text:p>Workspace ID</text:p></table:table-cell>
<table:table-cell office:value-type="string"><text:p>User ID</text:p></table:table-cell></table:table-row>
<table:table-row><table:table-cell table:style-name="grouped" office:value-type="float" office:value="1200"/>
<table:table-cell office:value-type="float" office:value="9007199254740991"/></table:table-row>
</table:table></office:spreadsheet></office:body></office:document>`;

  it.each(['44,34,76,1', '59,34,76,1'])('is refused, not misread: saved with %s', async (tokens) => {
    const source = join(folder, 'numbers.fods');
    writeFileSync(source, sheet);
    const { exitCode, stderr } = await runOffboard(['plan', saveAsCsv(source, tokens)], { cwd: folder });
    expect(stderr).toContain('line 2: not-an-id:Workspace ID: 1,200');
    expect(exitCode).toBe(2);
  });
});

describe('a report opened by LibreOffice', () => {
  const cells = [
    `=cmd|' /C calc'!A0`,
    '+1+1',
    '-1+1',
    '@SUM(1)',
    '\t=1+1',
    '\r=1+1',
    '\n=1+1',
    '  =1+1',
    '＝1+1',
    '=HYPERLINK("http://evil","click")',
    '=DDE("soffice";"x";"y")',
    '{=1+1}',
    "'=1+1",
    'a"b',
    '"=1+1',
    '|=1+1',
    '\0=1+1',
    '\u200B=1+1',
    `=${'1+'.repeat(10_000)}1`,
  ];

  it('shows hostile cells as text, in every one of its files', async () => {
    const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`;
    const rows = cells.flatMap((cell, index) => [
      `1,${index + 1},${quoted(cell)}`,
      `1,${index + 1},${quoted(cell)}`,
    ]);
    const invalid = cells.map((cell) => `${quoted(cell)},7,${quoted(cell)}`);
    const list = join(folder, 'hostile.csv');
    writeFileSync(list, ['workspace_id,user_id,=1+1', ...rows, ...invalid, ''].join('\n'));
    const { exitCode } = await runOffboard(['plan', list, '--on-invalid', 'skip', '--out', 'report'], {
      cwd: folder,
    });
    expect(exitCode).toBe(20);
    const reports = outcomes.map((outcome) => join(folder, 'report', `${outcome}.csv`));
    // LibreOffice does take the list itself for formulas: this check can fail.
    const evaluating = `${utf8},,0,false,true,true`;
    expect(look(convert(list, 'fods', evaluating)).formulas).toBeGreaterThan(0);
    for (const infilter of [undefined, utf8, evaluating]) {
      const sheets = convertAll(reports, 'fods', infilter).map(look);
      expect(sheets).toHaveLength(reports.length);
      expect(sheets.map(({ formulas }) => formulas)).toEqual(reports.map(() => 0));
      const texts = new Set(sheets.flatMap(({ texts: shown }) => shown));
      for (const cell of ["'+1+1", "'-1+1", "'@SUM(1)", "'  =1+1", '{=1+1}', "'=1+1", 'a"b']) {
        expect(texts, infilter).toContain(cell);
      }
    }
  });

  /** What a sheet has of formulas, and its cells of one paragraph. */
  function look(sheet: string): { readonly formulas: number; readonly texts: readonly string[] } {
    const xml = readFileSync(sheet, 'utf8');
    const paragraphs = [...xml.matchAll(/<text:p>(.*?)<\/text:p>/g)].map(([, text = '']) => text);
    return {
      formulas: xml.split('table:formula=').length - 1,
      texts: paragraphs.map((text) =>
        text
          .replace(/<text:s(?: text:c="(\d+)")?\/>/g, (_, count) => ' '.repeat(Number(count ?? 1)))
          .replaceAll('&apos;', "'")
          .replaceAll('&quot;', '"'),
      ),
    };
  }
});
