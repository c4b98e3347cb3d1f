import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { exitCodes } from '../../src/exit-code.ts';
import { readRunOptions } from '../../src/options/read-run-options.ts';
import { runOptionTable } from '../../src/options/run-option-table.ts';
import type { RunOptions } from '../../src/options/run-options.ts';

const jobFile = readJob('offboard.yaml');
const cronJobFile = parseAllDocuments(readJob('cronjob.yaml'), { uniqueKeys: true });
const [configMap, , cronJob] = cronJobFile.map((document) => document.toJS());
const jobSpec = cronJob.spec.jobTemplate.spec;
const podSpec = jobSpec.template.spec;
const [container] = podSpec.containers;

function readJob(name: string): string {
  return readFileSync(new URL(`../../jobs/${name}`, import.meta.url), 'utf8');
}

function optionsOf(text: string): Promise<RunOptions> {
  const readText = () => Promise.resolve(text);
  return readRunOptions('run', ['--config', '/etc/offboard/offboard.yaml'], { environment: {}, readText });
}

/** Exit codes that the CronJob answers with `action`. */
function codesFor(action: string): number[] {
  const rules: { action: string; onExitCodes?: { values: number[] } }[] = jobSpec.podFailurePolicy.rules;
  return rules.flatMap((rule) => (rule.action === action ? (rule.onExitCodes?.values ?? []) : []));
}

/** How long a Job waits before a retry, counted from 0: 10 s doubled each time, 6 minutes at most. */
function retrySeconds(retry: number): number {
  return Math.min(360, 10 * 2 ** retry);
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

describe('jobs/cronjob.yaml', () => {
  it('is YAML without a key twice', () => {
    expect(cronJobFile.flatMap(({ errors }) => errors)).toEqual([]);
  });

  it('answers every exit code but 0 with the right action, and evictions first', () => {
    const { rules } = jobSpec.podFailurePolicy;
    expect(rules[0]).toEqual({
      action: 'Ignore',
      onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }],
    });
    const again = [exitCodes.stopped.code, exitCodes.held.code];
    const others = Object.values(exitCodes)
      .map(({ code }): number => code)
      .filter((code) => code !== 0 && !again.some((known) => known === code));
    expect(codesFor('Count')).toEqual(again);
    expect(codesFor('FailJob')).toEqual(others.sort((a, b) => a - b));
    expect(podSpec.restartPolicy).toBe('Never');
    for (const rule of rules.slice(1)) expect(rule.onExitCodes.containerName).toBe(container.name);
  });

  it('gives the run time to end before Kubernetes ends it', async () => {
    const { graceMs, maxDurationMs = Number.POSITIVE_INFINITY } = await optionsOf(
      configMap.data['offboard.yaml'],
    );
    expect(podSpec.terminationGracePeriodSeconds * 1000).toBeGreaterThanOrEqual(graceMs + 30_000);
    const waits = Array.from({ length: jobSpec.backoffLimit }, (_, retry) => retrySeconds(retry));
    const waitSeconds = waits.reduce((sum, seconds) => sum + seconds, 0);
    expect(waitSeconds).toBe(630);
    const needed = (3 * maxDurationMs) / 1000 + waitSeconds + podSpec.terminationGracePeriodSeconds;
    expect(jobSpec.activeDeadlineSeconds).toBeGreaterThan(needed);
  });

  it('tries again for longer than a killed pod’s lock is held', () => {
    let triesUntilFree = 0;
    for (let waited = 0; waited <= 60; triesUntilFree += 1) waited += retrySeconds(triesUntilFree);
    expect(jobSpec.backoffLimit).toBeGreaterThan(triesUntilFree);
  });

  it('mounts what its job file names', async () => {
    const options = await optionsOf(configMap.data['offboard.yaml']);
    const mounts: { mountPath: string }[] = container.volumeMounts;
    for (const path of [options.input, options.apiKeyFile, options.runsFolder, container.args.at(-1)]) {
      expect(mounts.some(({ mountPath }) => path?.startsWith(`${mountPath}/`))).toBe(true);
    }
  });

  it('runs without rights it does not need, and without variables it did not ask for', () => {
    expect(podSpec).toMatchObject({ enableServiceLinks: false, securityContext: { runAsNonRoot: true } });
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
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

describe('jobs/crontab', () => {
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
  it('says of every exit code what src/exit-code.ts says, and what the CronJob does', () => {
    const rows = readJob('README.md').match(/^\| \d+ \|.*$/gm) ?? [];
    const cells = rows.map((row) =>
      row
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
    const action = (code: number) => (codesFor('Count').includes(code) ? 'Count' : 'FailJob');
    const expected = Object.values(exitCodes).map(({ code, meaning, sent, runAgain }) => [
      String(code),
      meaning,
      sent,
      runAgain,
      code === 0 ? 'Complete' : action(code),
    ]);
    expect(cells).toEqual(expected);
  });

  it('names every file beside it', () => {
    for (const name of ['offboard.yaml', 'crontab', 'cronjob.yaml']) {
      expect(readJob('README.md')).toContain(`(${name})`);
    }
    expect(parse(jobFile)).toHaveProperty('base-url');
  });
});
