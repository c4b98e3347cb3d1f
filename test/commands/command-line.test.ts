import { describe, expect, it } from 'vitest';
import { readCommandLine } from '../../src/commands/command-line.ts';
import { commandNames } from '../../src/commands/command-texts.ts';
import { reportOptionTable } from '../../src/options/report-option-table.ts';
import { runOptionTable } from '../../src/options/run-option-table.ts';
import { sandboxOptionTable } from '../../src/options/sandbox-option-table.ts';

const tables = {
  run: runOptionTable,
  plan: runOptionTable,
  report: reportOptionTable,
  sandbox: sandboxOptionTable,
};

function read(line: string, terminalColumns?: number) {
  return readCommandLine(line.split(' ').filter(Boolean), {
    environment: {},
    readText: () => Promise.reject(new Error('no file is read')),
    version: '1.2.3',
    terminalColumns,
    readBuilt: () => Promise.resolve(undefined),
  });
}

async function textOf(line: string, columns?: number): Promise<string> {
  const invocation = await read(line, columns);
  expect(invocation).toMatchObject({ kind: 'text', exitCode: 0 });
  return invocation.kind === 'text' ? invocation.text : '';
}

describe('readCommandLine', () => {
  it('gives every command its options', async () => {
    expect(await read('run a.csv')).toMatchObject({
      kind: 'run',
      options: { input: 'a.csv', dryRun: false },
    });
    expect(await read('plan a.csv')).toMatchObject({
      kind: 'run',
      options: { input: 'a.csv', dryRun: true },
    });
    expect(await read('report a')).toMatchObject({ kind: 'report', options: { folders: ['a'] } });
    expect(await read('sandbox --port 0')).toMatchObject({ kind: 'sandbox', options: { port: 0 } });
  });

  it('shows the help and fails where there is no command', async () => {
    const invocation = await read('');
    expect(invocation).toMatchObject({ kind: 'text', exitCode: 2 });
    expect(invocation).toMatchObject({ text: await textOf('--help') });
  });

  it('says its version', async () => {
    expect(await textOf('--version')).toBe('1.2.3\n');
  });

  it.each([
    ['runn a.csv', '"runn" is no command; did you mean offboard run?'],
    ['sandbx', '"sandbx" is no command; did you mean offboard sandbox?'],
    ['leavers.csv', '"leavers.csv" is no command; did you mean offboard run?'],
    ['zebra', '"zebra" is no command; commands are run, plan, report, sandbox'],
    ['help zebra', '"zebra" is no command; commands are run, plan, report, sandbox'],
    ['\u001b[31mrun', '"\\u001b[31mrun" is no command; commands are run, plan, report, sandbox'],
    ['--yes run a.csv', 'the command comes first: offboard run …'],
  ])('refuses "%s"', async (line, message) => {
    await expect(read(line)).rejects.toThrow(`${message}\nMore: offboard --help`);
  });

  it('does not take a file behind -- for a cry for help', async () => {
    expect(await read('run -- --help')).toMatchObject({ kind: 'run', options: { input: '--help' } });
  });
});

describe('the help', () => {
  it.each(commandNames)(
    'of %s names every option, its groups and examples, and fits in 80 columns',
    async (name) => {
      const text = await textOf(`${name} --help`, 80);
      for (const [option, row] of Object.entries(tables[name])) {
        expect(text).toMatch(new RegExp(`^  --(no-)?${option} `, 'm'));
        expect(text).toContain(`\n${row.group}:\n`);
      }
      expect(text).toContain(`offboard ${name}`);
      expect(text).toContain('\nExamples:\n');
      for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    },
  );

  it.each(['run -h', 'help run', 'run a.csv --zebra --help'])('is shown for "%s"', async (line) => {
    expect(await textOf(line)).toBe(await textOf('run --help'));
  });

  it.each([20, 50, 60, 200, 0, 1_000_000])(
    'keeps to a readable width in a window of %d columns',
    async (columns) => {
      const widest = Math.max(
        ...(await textOf('run --help', columns)).split('\n').map((line) => line.length),
      );
      expect(widest).toBeLessThanOrEqual(Math.min(100, Math.max(50, columns)));
    },
  );

  it('lists the commands', async () => {
    const text = await textOf('--help');
    for (const name of commandNames) expect(text).toMatch(new RegExp(`^  offboard ${name} `, 'm'));
    expect(text).toContain('--version');
  });

  it('has no colours', async () => {
    expect((await textOf('run --help')).includes('\u001b')).toBe(false);
  });
});
