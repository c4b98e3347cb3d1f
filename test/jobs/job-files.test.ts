import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { exitCodes } from '../../src/exit-code.ts';
import { readRunOptions } from '../../src/options/read-run-options.ts';
import { runOptionTable } from '../../src/options/run-option-table.ts';
import type { RunOptions } from '../../src/options/run-options.ts';

const jobFile = readJob('offboard.yaml');
function readJob(name: string): string {
  return readFileSync(new URL(`../../jobs/${name}`, import.meta.url), 'utf8');
}

function optionsOf(text: string): Promise<RunOptions> {
  const readText = () => Promise.resolve(text);
  return readRunOptions('run', ['--config', '/etc/offboard/offboard.yaml'], { environment: {}, readText });
}

describe('jobs/offboard.yaml', () => {
  it('is a job file that run takes', async () => {
    expect(await optionsOf(jobFile)).toMatchObject({
      input: '/srv/offboard/leavers.csv',
      apiKeyFile: '/etc/offboard/api-key',
      yes: true,
      rate: 10,
      maxDurationMs: 1_800_000,
    });
  });

  it('stays a job file that run takes with any of its other lines uncommented', async () => {
    // Some exclude each other, so each is tried alone.
    const commented = jobFile.match(/^# [a-z-]+: .*$/gm) ?? [];
    for (const line of commented) {
      const other = line.slice(2).startsWith('rate-per-shard') ? '\nshard: 1/4' : '';
      const environment = { JOB_COMPLETION_INDEX: '0' };
      const readText = () => Promise.resolve(`${jobFile.replace(line, line.slice(2))}${other}`);
      await expect(
        readRunOptions('run', ['--config', 'x.yaml'], { environment, readText }),
      ).resolves.toBeDefined();
    }
    expect(commented.length).toBeGreaterThan(10);
  });

  it('explains every option but the one that names it', () => {
    const named = new Set(Array.from(jobFile.matchAll(/^(?:# )?([a-z-]+): /gm), ([, name]) => name));
    const { config: _, ...options } = runOptionTable;
    for (const name of [...Object.keys(options), 'input']) expect(named).toContain(name);
  });
});

describe('jobs/crontab', () => {
  it('has one line that runs, which cron takes as it stands', () => {
    const lines = readJob('crontab').split('\n');
    const jobs = lines.filter((line) => /^[\d*]/.test(line));
    expect(jobs).toHaveLength(1);
    expect(jobs[0]).toMatch(/^(\S+\s+){5}offboard run --config \S+ /);
    // An unescaped % is a line break to cron, and a last line without an end is left out.
    expect(jobs[0]).not.toContain('%');
    expect(lines.at(-1)).toBe('');
  });
});

describe('the line of jobs/crontab', () => {
  it.each([...Object.values(exitCodes).map(({ code }) => code as number), 137, 99])(
    'mails after %i only where a person is needed',
    (code) => {
      const folder = mkdtempSync(join(tmpdir(), 'offboard-cron-'));
      const stub = `#!/bin/sh\necho the summary; echo the log >&2; exit ${code}\n`;
      writeFileSync(join(folder, 'offboard'), stub, { mode: 0o755 });
      const [line = ''] = readJob('crontab').match(/^\d.*$/m) ?? [];
      const command = line.replace(/^(\S+\s+){5}/, '').replaceAll('/var/log/offboard', folder);
      // As cron runs it.
      const { stdout, stderr } = spawnSync('/bin/sh', ['-c', command], {
        env: { PATH: `${folder}:/usr/bin:/bin` },
        encoding: 'utf8',
      });
      rmSync(folder, { recursive: true });
      expect(stderr).toBe('');
      expect(stdout).toBe([0, 21, 24].includes(code) ? '' : 'the summary\nthe log\n');
    },
  );

  it('has every folder made that its line or the job file names', async () => {
    const crontab = readJob('crontab');
    const made = [...crontab.matchAll(/^# {3}install -d .*$/gm)].flatMap(
      ([line]) => line.match(/ \/\S+/g) ?? [],
    );
    const { input, apiKeyFile, runsFolder } = await optionsOf(jobFile);
    const inLine = crontab.match(/^\d.*$/m)?.[0].match(/\/\S+/g) ?? [];
    const needed = [input, apiKeyFile ?? '', runsFolder, ...inLine].map((path) => dirname(path));
    expect(new Set(made.map((folder) => folder.trim()))).toEqual(new Set(needed));
  });
});

describe('jobs/README.md', () => {
  it('says of every exit code what src/exit-code.ts says, and what each scheduler does', () => {
    const rows = readJob('README.md').match(/^\| \d+ \|.*$/gm) ?? [];
    const cells = rows.map((row) =>
      row
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
    const expected = Object.values(exitCodes).map(({ code, meaning, sent, runAgain }) => [
      String(code),
      meaning,
      sent,
      runAgain,
      ...actions(code),
    ]);
    expect(cells).toEqual(expected);
  });

  it('names every file and folder beside it', () => {
    for (const name of ['offboard.yaml', 'crontab', 'kubernetes', 'systemd', 'prometheus'])
      expect(readJob('README.md')).toContain(`(${name})`);
    expect(parse(jobFile)).toHaveProperty('base-url');
  });
});

/** A Job, an Indexed Job, the systemd unit. */
function actions(code: number): readonly string[] {
  if (code === exitCodes.done.code) return ['Complete', 'Complete', 'success'];
  if (code === exitCodes.stopped.code) return ['Count', 'Count', 'restarted'];
  if (code === exitCodes.held.code) return ['Count', 'Count', 'success'];
  return ['FailJob', code === exitCodes.attention.code ? 'FailIndex' : 'FailJob', 'failed'];
}
