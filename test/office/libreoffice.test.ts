import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

/** Converts a file into a new folder; returns that folder's only file. */
function convert(file: string, to: string, filter: string, infilter?: string): string {
  const out = mkdtempSync(join(folder, 'out-'));
  const profile = `-env:UserInstallation=file://${join(folder, 'profile')}`;
  const reading = infilter === undefined ? [] : [`--infilter=${infilter}`];
  const target = filter === '' ? to : `${to}:${filter}`;
  execFileSync(
    'soffice',
    [profile, '--headless', ...reading, '--convert-to', target, '--outdir', out, file],
    { stdio: 'pipe' },
  );
  return join(out, readdirSync(out)[0] ?? '');
}

const utf8 = 'CSV:44,34,76,1';

describe('a list saved by LibreOffice', () => {
  const list =
    'workspace_id,user_id,Prénom,Note\n14,2046,"Inès","eins\nzwei; drei"\n0021,2047,"Zoë ""Z""",ok\n';

  /** Tokens of the export: delimiter, quote, character set (76 is UTF-8, 65535 UTF-16), first line, …, byte order mark. */
  it.each([
    { name: 'semicolons, UTF-8', tokens: '59,34,76,1' },
    { name: 'semicolons, UTF-16 with its mark', tokens: '59,34,65535,1' },
    { name: 'tabs, UTF-8', tokens: '9,34,76,1' },
    { name: 'commas, all cells quoted', tokens: '44,34,76,1,,0,true' },
  ])('is read as it was: $name', async ({ tokens }) => {
    const source = join(folder, 'list.csv');
    writeFileSync(source, list);
    const sheet = convert(source, 'xlsx', '', utf8);
    const saved = convert(sheet, 'csv', `Text - txt - csv (StarCalc):${tokens}`);
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
    // LibreOffice does take the list itself for formulas: this check can fail.
    const asIs = join(folder, 'as-is.csv');
    copyFileSync(list, asIs);
    const evaluating = `${utf8},,0,false,true,true`;
    expect(readFileSync(convert(asIs, 'fods', '', evaluating), 'utf8')).toContain('table:formula');
    for (const outcome of outcomes) {
      const file = join(folder, 'report', `${outcome}.csv`);
      for (const infilter of [undefined, utf8, evaluating]) {
        expect(readFileSync(convert(file, 'fods', '', infilter), 'utf8'), outcome).not.toContain(
          'table:formula',
        );
      }
    }
  });
});
