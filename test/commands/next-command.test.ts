import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { nextAfterReport, nextCommand } from '../../src/commands/next-command.ts';
import type { RunOptions } from '../../src/options/run-options.ts';

/** The options that it looks at. */
function optionsOf(given: Partial<Pick<RunOptions, 'fresh' | 'out' | 'environmentWords'>> = {}): RunOptions {
  return { fresh: false, out: undefined, baseUrl: 'https://x', environmentWords: [], ...given } as RunOptions;
}

it.each([
  { typed: ['run', 'a.csv'], next: 'offboard run a.csv' },
  {
    typed: ['plan', 'a.csv', '--rate', '5/s', '--out', 'runs/x'],
    next: 'offboard run a.csv --rate 5/s --out runs/x',
  },
  { typed: ['run', 'a.csv', '--dry-run', '--yes'], next: 'offboard run a.csv --yes' },
  { typed: ['run', '--dry-run=true', 'a.csv'], next: 'offboard run a.csv' },
  { typed: ['run', '--dry-run=1', 'a.csv'], next: 'offboard run a.csv' },
  { typed: ['run', '--fresh=yes', 'a.csv'], next: 'offboard run a.csv' },
  { typed: ['run', '--no-fresh', 'a.csv'], next: 'offboard run --no-fresh a.csv' },
  // Whatever is added, here and by the report, is an option still.
  { typed: ['run', '--yes', '--', '--fresh'], next: 'offboard run --yes ./--fresh' },
  { typed: ['run', '--', 'a.csv'], next: 'offboard run a.csv' },
  { typed: ['run', '--', '-'], next: 'offboard run -' },
  { typed: ['run', 'people who leave.csv'], next: "offboard run 'people who leave.csv'" },
  { typed: ['run', "l'été.csv"], next: "offboard run 'l'\\''été.csv'" },
  { typed: ['run', ''], next: "offboard run ''" },
  { typed: ['run', '$(reboot).csv'], next: "offboard run '$(reboot).csv'" },
])('after $typed it is, beside the address: $next', ({ typed, next }) => {
  expect(nextCommand(typed, optionsOf(), 'offboard-runs/1')).toBe(`${next} --base-url https://x`);
});

it.each([
  { typed: ['run', 'a.csv', '--base-url', 'https://y'], next: 'offboard run a.csv --base-url https://y' },
  { typed: ['run', 'a.csv', '--base-url=https://y'], next: 'offboard run a.csv --base-url=https://y' },
])('keeps the address that was typed: $typed', ({ typed, next }) => {
  expect(nextCommand(typed, optionsOf(), undefined)).toBe(next);
});

it('names the folder of a run that began with --fresh, so that it is found again', () => {
  const next = nextCommand(['run', 'a.csv', '--fresh'], optionsOf({ fresh: true }), 'offboard-runs/2026 x');
  expect(next).toBe("offboard run a.csv --base-url https://x --out 'offboard-runs/2026 x'");
});

it('asks for no new run where the job file does', () => {
  const next = nextCommand(['run', '--config', 'job.yaml'], optionsOf({ fresh: true }), 'runs/r1');
  expect(next).toBe('offboard run --config job.yaml --base-url https://x --no-fresh --out runs/r1');
});

it('says what the environment said: another terminal has none of it', () => {
  const environmentWords = ['--protect', 'board members.txt', '--allow-http=1'];
  expect(nextCommand(['run', 'a.csv'], optionsOf({ environmentWords }), undefined)).toBe(
    "offboard run a.csv --base-url https://x --protect 'board members.txt' --allow-http=1",
  );
});

it('keeps the folder that was named beside --fresh', () => {
  const typed = ['run', 'a.csv', '--fresh', '--out', 'here'];
  expect(nextCommand(typed, optionsOf({ fresh: true, out: 'here' }), 'here')).toBe(
    'offboard run a.csv --out here --base-url https://x',
  );
});

it('says in words what goes on with a run whose flags nobody knows', () => {
  expect(nextAfterReport('offboard-runs/2026 x')).toBe(
    "the same offboard run … command, without --fresh, with --out 'offboard-runs/2026 x'",
  );
});

it('survives a shell, whatever was typed', () => {
  const words = fc.array(
    fc.string({ unit: 'binary' }).filter((word) => !word.includes('\0')),
    { maxLength: 3 },
  );
  const separator = '\u{1}';
  fc.assert(
    fc.property(words, (typed) => {
      const kept = typed.filter((word) => !word.includes(separator) && isKept(word));
      const command = nextCommand(['run', ...kept], optionsOf(), undefined);
      const seen = execFileSync('/bin/sh', [
        '-c',
        `offboard() { printf '%s${separator}' "$@"; }; ${command}`,
      ]);
      expect(seen.toString('utf8')).toBe(
        ['run', ...kept, '--base-url', 'https://x'].map((word) => `${word}${separator}`).join(''),
      );
    }),
    { seed: 20261125, numRuns: 60 },
  );
});

/** What a shell can be given as UTF-8 at all. */
function isKept(word: string): boolean {
  return (
    Buffer.from(word).toString() === word &&
    !['--', '--fresh', '--dry-run'].some((not) => word.startsWith(not))
  );
}
