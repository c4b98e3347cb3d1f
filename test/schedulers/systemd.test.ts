import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exitCodes } from '../../src/exit-code.ts';
import { readRunOptions } from '../../src/options/read-run-options.ts';

const jobs = fileURLToPath(new URL('../../jobs/systemd', import.meta.url));
const service = readFileSync(join(jobs, 'offboard@.service'), 'utf8');
const timer = readFileSync(join(jobs, 'offboard@.timer'), 'utf8');
let folder: string;

/** An instance of each, as `systemctl enable` would make it. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'offboard-systemd-'));
  for (const kind of ['service', 'timer'])
    copyFileSync(join(jobs, `offboard@.${kind}`), join(folder, `offboard@leavers.${kind}`));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function analyze(...words: readonly string[]) {
  const { status, stdout, stderr } = spawnSync('systemd-analyze', words, { cwd: folder, encoding: 'utf8' });
  return { status, output: `${stdout}${stderr}` };
}

function setting(text: string, name: string): string | undefined {
  return text.match(new RegExp(`^${name}=(.*)$`, 'm'))?.[1];
}

function codesIn(name: string): readonly number[] {
  return (setting(service, name) ?? '').split(' ').map(Number);
}

describe('the systemd units', () => {
  it('are read by systemd without a complaint', () => {
    const units = ['./offboard@leavers.service', './offboard@leavers.timer'];
    expect(analyze('verify', ...units)).toEqual({ status: 0, output: '' });
  });

  it('give the job hardly anything that it could do harm with', () => {
    const { output } = analyze('security', '--offline=true', '--no-pager', './offboard@leavers.service');
    const exposure = Number(/Overall exposure level for \S+: ([\d.]+)/.exec(output)?.[1]);
    expect(exposure).toBeGreaterThan(0);
    expect(exposure).toBeLessThanOrEqual(2);
  });

  it('start at an hour that comes', () => {
    expect(analyze('calendar', setting(timer, 'OnCalendar') ?? '').output).toMatch(/Next elapse: \w/);
    expect(setting(timer, 'Persistent')).toBe('true');
    expect(setting(timer, 'RandomizedDelaySec')).toBe('10min');
  });

  it('fit the job file beside them', async () => {
    const words = ['--config', '/etc/offboard/leavers.yaml'];
    const { input, yes, graceMs, maxDurationMs } = await readRunOptions('run', words, {
      environment: { OFFBOARD_API_KEY_FILE: '/run/credentials/offboard@leavers.service/api-key' },
      readText: () => Promise.resolve(readFileSync(join(jobs, 'leavers.yaml'), 'utf8')),
    });
    expect(input).toBe(`/var/lib/${setting(service, 'StateDirectory')}/leavers.csv`.replace('%i', 'leavers'));
    expect(yes).toBe(true);
    expect(setting(service, 'TimeoutStartSec')).toBe('6h');
    expect(maxDurationMs).toBeLessThan(6 * 3_600_000);
    // Grace, the report of a million records (8 s of a quick core), and 10 s to tell who watches.
    expect(setting(service, 'TimeoutStopSec')).toBe('60s');
    expect(graceMs + 35_000).toBeLessThanOrEqual(60_000);
  });

  it('fail by every exit code but 0 and 24, and are started again only after 21', () => {
    const all = Object.values(exitCodes).map(({ code }) => code as number);
    const fine = [exitCodes.done.code, ...codesIn('SuccessExitStatus')];
    const prevented = codesIn('RestartPreventExitStatus');
    expect(fine).toEqual([exitCodes.done.code, exitCodes.held.code]);
    expect(setting(service, 'Restart')).toBe('on-failure');
    expect(all.filter((code) => !fine.includes(code) && !prevented.includes(code))).toEqual([
      exitCodes.stopped.code,
    ]);
  });
});
