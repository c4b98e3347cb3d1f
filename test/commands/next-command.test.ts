import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextAfterReport, nextCommand } from '../../src/commands/next-command.ts';
import { readRunOptions } from '../../src/options/read-run-options.ts';
import { runOptionTable } from '../../src/options/run-option-table.ts';
import type { RunOptions } from '../../src/options/run-options.ts';

interface Said {
  readonly environment?: Readonly<Record<string, string>>;
  readonly jobFile?: string;
}

function read(typed: readonly string[], { environment = {}, jobFile = '' }: Said = {}): Promise<RunOptions> {
  const [command, ...words] = typed;
  const readText = () => Promise.resolve(jobFile);
  return readRunOptions(command === 'plan' ? 'plan' : 'run', words, { environment, readText });
}

async function next(typed: readonly string[], said?: Said, folder = 'runs/r1'): Promise<string> {
  return nextCommand(await read(typed, said), folder);
}

const address = '--base-url https://paradigm.lighton.ai';
const out = '--out runs/r1';

describe('the command to type next', () => {
  it.each([
    { typed: ['run', 'a.csv'], next: `a.csv ${address} ${out}` },
    { typed: ['run', '--yes', 'a.csv', '--rate=5/s'], next: `a.csv --yes --rate 5/s ${address} ${out}` },
    { typed: ['plan', 'a.csv', '--out', 'runs/x'], next: `a.csv --out runs/x ${address}` },
    { typed: ['run', 'a.csv', '--dry-run', '--yes'], next: `a.csv --yes ${address}` },
    { typed: ['run', 'a.csv', '--fresh=1'], next: `a.csv ${address} ${out}` },
    { typed: ['run', 'a.csv', '--no-fresh'], next: `a.csv ${address} ${out}` },
    { typed: ['run', 'a.csv', '--fresh', '--out', 'here'], next: `a.csv --out here ${address}` },
    { typed: ['run', 'a.csv', '--base-url=https://y'], next: `a.csv --base-url https://y ${out}` },
    { typed: ['run', 'people who leave.csv'], next: `'people who leave.csv' ${address} ${out}` },
    { typed: ['run', "l'été.csv"], next: `'l'\\''été.csv' ${address} ${out}` },
    { typed: ['run', '$(reboot).csv'], next: `'$(reboot).csv' ${address} ${out}` },
    { typed: ['run', '--yes', '--', '--fresh'], next: `./--fresh --yes ${address} ${out}` },
    { typed: ['run', 'a.csv', '--user-column=-who-'], next: `a.csv --user-column=-who- ${address} ${out}` },
    // Standard input has been read; a dry run's is somewhere else still.
    { typed: ['run', '-'], next: `runs/r1/input.csv ${address} ${out}` },
    { typed: ['plan', '-'], next: `- ${address}` },
  ])('after $typed is $next', async ({ typed, next: expected }) => {
    expect(await next(typed)).toBe(`offboard run ${expected}`);
  });

  it.each([
    ['--ping-url', 'https://x/secret'],
    ['--ping-url=https://x/secret'],
    ['--pushgateway', 'https://x/secret'],
    ['--pushgateway=https://x/secret'],
  ])('names no watcher, since its address is a secret: %s', async (...words) => {
    for (const typed of [
      ['run', 'a.csv', ...words, '--yes'],
      ['run', ...words, 'a.csv', '--yes'],
    ])
      expect(await next(typed)).toBe(`offboard run a.csv --yes ${address} ${out}`);
  });

  it('leaves out what another terminal has or decides for itself, where nobody typed it', async () => {
    const environment = {
      OFFBOARD_YES: 'true',
      OFFBOARD_API_KEY_FILE: '/run/credentials/key',
      OFFBOARD_BASE_URL: 'https://y',
      OFFBOARD_TERMINATION_LOG: 'end.json',
      OFFBOARD_LOG_LEVEL: 'warn',
      OFFBOARD_LOG_FORMAT: 'json',
      OFFBOARD_JSON: 'true',
      OFFBOARD_METRICS_FILE: 'm.prom',
    };
    expect(await next(['run', 'a.csv'], { environment })).toBe(
      `offboard run a.csv --base-url https://y --metrics-file m.prom ${out}`,
    );
    expect(await next(['run', 'a.csv', '--api-key-file', 'key', '--json'], { environment })).toBe(
      `offboard run a.csv --api-key-file key --json --base-url https://y --metrics-file m.prom ${out}`,
    );
  });

  it('leaves to the job file what that says, but for what only a first run does', async () => {
    const jobFile = 'input: a.csv\nfresh: true\ndry-run: true\nrate: 4\n';
    const words = ['run', '--config', 'job.yaml', '--dry-run=no'];
    expect(await next(words, { jobFile })).toBe(
      `offboard run --config job.yaml ${address} --no-fresh --no-dry-run ${out}`,
    );
  });

  it('asks again where a variable had it ask, against the job file', async () => {
    const said = { jobFile: 'yes: true\n', environment: { OFFBOARD_YES: 'no' } };
    expect(await next(['run', 'a.csv', '--config', 'job.yaml'], said)).toContain(' --no-yes ');
  });

  it('names the shard as it was named', async () => {
    const environment = { JOB_COMPLETION_INDEX: '1', OFFBOARD_SHARDS: '3' };
    expect(await next(['run', 'a.csv'], { environment })).toBe(
      `JOB_COMPLETION_INDEX=1 offboard run a.csv ${address} --shards 3 ${out}`,
    );
  });

  it('finds a list that is named from the root from everywhere', async () => {
    expect(await next(['run', '/a.csv'])).toBe(`offboard run /a.csv ${address} --out ${resolve('runs/r1')}`);
  });

  it('takes no folder for a flag', async () => {
    expect(await next(['run', '-'], {}, '-runs/r1')).toBe(
      `offboard run ./-runs/r1/input.csv ${address} --out ./-runs/r1`,
    );
  });

  it('is said in words where a name could not be pasted', async () => {
    const environment = { OFFBOARD_PROTECT: 'ke\nep.txt' };
    expect(await next(['run', 'a.csv'], { environment })).toBe(nextAfterReport('runs/r1'));
    expect(await next(['run', 'a\u200cb.csv'])).toBe(nextAfterReport('runs/r1'));
  });

  it('is said in words after a report, where nobody knows the flags', () => {
    expect(nextAfterReport('offboard-runs/2026 x')).toBe(
      "the same offboard run … command, without --fresh, with --out 'offboard-runs/2026 x'",
    );
  });
});

/** Two values of each option, as an operator writes them. */
const values: Readonly<Record<string, readonly [string, string]>> = {
  'workspace-column': ['team', '-space-'],
  'user-column': ["l'été $(x)", 'who'],
  'on-invalid': ['skip', 'stop'],
  'base-url': ['https://x.example', 'https://y.example/z'],
  scope: ['company', 'instance'],
  'api-key-file': ['key', '/key'],
  'allow-http': ['true', 'no'],
  'dry-run': ['true', 'false'],
  'max-removals': ['7', '0'],
  protect: ['board members.txt', '/keep.txt'],
  yes: ['true', '0'],
  rate: ['5/s', 'off'],
  concurrency: ['2', '64'],
  'max-attempts': ['3', '1'],
  timeout: ['4s', '50ms'],
  'max-outage': ['5m', '1h'],
  'max-duration': ['1h', '2s'],
  grace: ['6s', '0s'],
  out: ['runs/a', '/runs/b'],
  'runs-folder': ['runs', 'sweeps 2026'],
  fresh: ['yes', 'false'],
  'retry-forbidden': ['1', 'false'],
  shard: ['2/4', '1/2'],
  'rate-per-shard': ['2/s', 'off'],
  'metrics-file': ['a.prom', 'b.prom'],
  pushgateway: ['https://p.example/secret', 'https://q.example/secret'],
  'ping-url': ['https://p.example/secret', 'https://q.example/secret'],
  'termination-log': ['end.json', '/end.json'],
  'log-level': ['warn', 'debug'],
  'log-format': ['json', 'pretty'],
  json: ['true', 'false'],
};

describe('the command to type next, whoever said what', () => {
  it('is tried with every option', () => {
    // `shards` excludes `shard`, and the job file is there always.
    const names = [...Object.keys(values), 'shards', 'config'];
    expect(names.sort()).toEqual(Object.keys(runOptionTable).sort());
  });

  const source = fc.record(
    Object.fromEntries(Object.entries(values).map(([name, two]) => [name, fc.constantFrom(...two)])),
    { requiredKeys: [] },
  );

  it('asks for the same in a terminal where nothing is set', async () => {
    await fc.assert(
      fc.asyncProperty(source, source, source, async (flags, variables, jobFile) => {
        // A share's own ceiling is of no use without a share.
        const typed = { shard: '1/2', ...flags };
        const words = Object.entries(typed).map(([name, text]) => `--${name}=${text}`);
        const environment: Record<string, string> = Object.fromEntries(
          Object.entries(variables as Record<string, string>).map(([name, text]) => [
            `OFFBOARD_${name.toUpperCase().replaceAll('-', '_')}`,
            text,
          ]),
        );
        const said = { environment, jobFile: JSON.stringify(jobFile) };
        const first = await read(['run', 'a.csv', '--config', 'job.yaml', ...words], said);
        const command = nextCommand(first, 'runs/r1');
        if (flags['pushgateway'] ?? variables['pushgateway'] ?? flags['ping-url'])
          expect(command).not.toContain('secret');
        const again = await read(wordsOf(command), { jobFile: said.jobFile });
        expect(sent(again)).toEqual({
          ...sent(first),
          out: first.out ?? (first.dryRun ? undefined : 'runs/r1'),
        });
        expect(again).toMatchObject({ fresh: false, dryRun: false, yes: again.yes && first.yes });
      }),
      { seed: 20261128, numRuns: 300 },
    );
  });
});

/** What bears on what is sent, and on what is looked at later. */
function sent(options: RunOptions) {
  const { fresh, dryRun, yes, repeat, apiKeyFile, pushgateway, pingUrl, ...others } = options;
  const { terminationLog, logLevel, logFormat, json, ...kept } = others;
  return kept;
}

/** As the shell takes it apart; without the first word. */
function wordsOf(command: string): readonly string[] {
  const script = `offboard() { printf '%s\\0' "$@"; }; ${command}`;
  return execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1);
}

it('survives a shell, whatever was typed', async () => {
  const word = fc
    .string({ unit: 'grapheme', minLength: 1 })
    .filter((text) => !/[\p{C}\p{Zl}\p{Zp}]/u.test(text));
  await fc.assert(
    fc.asyncProperty(word, word, async (input, protect) => {
      const command = await next(['run', `--protect=${protect}`, '--', input]);
      const again = await read(wordsOf(command));
      expect(again.protect).toBe(protect);
      expect([input, `./${input}`, 'runs/r1/input.csv']).toContain(again.input);
    }),
    { seed: 20261125, numRuns: 60 },
  );
});
