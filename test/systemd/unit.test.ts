import { execFile, execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareWithTruth } from '../support/compare-with-truth.ts';
import { readReport } from '../support/read-report.ts';
import { startTruthServer, type TruthServer, truthKey } from '../support/truth-server.ts';
import { startWatcherServer, type WatcherServer } from '../support/watcher-server.ts';

const boot = fileURLToPath(new URL('boot.sh', import.meta.url));
const units = fileURLToPath(new URL('../../jobs/systemd', import.meta.url));
const checkout = fileURLToPath(new URL('../..', import.meta.url));

/** What each instance is asked to remove, and what its job file says on top. */
const jobs = {
  good: { pairs: ['1/1000', '1/1001'], extra: '' },
  forbidden: { pairs: ['9/1000', '1/1002'], extra: '' },
  usage: { pairs: ['1/1003'], extra: 'concurency: 3\n' },
  // Too slow for its time limit: it takes two of them.
  late: { pairs: Array.from({ length: 60 }, (_, at) => `2/${1000 + at}`), extra: 'max-duration: 4s\n' },
  stopped: { pairs: Array.from({ length: 200 }, (_, at) => `3/${1000 + at}`), extra: '' },
} as const;
type Job = keyof typeof jobs;

let folder: string | undefined;
let root: string;
let server: TruthServer;
let watcher: WatcherServer;
const membersBefore = new Set(Object.values(jobs).flatMap(({ pairs }) => pairs));

/** As an operator would, by the first lines of the unit; then each job is started, and one of them stopped. */
const script = `
cd /offboard-test
show() { systemctl show offboard@$1 -p ActiveState -p Result -p ExecMainStatus -p NRestarts > $2.txt; }
# until <what has to be so>; what never is, ends with the whole test.
until_so() { while ! eval "$1"; do sleep 0.1; done; }
ended() { until_so "systemctl show offboard@$1 -p SubState --value | grep -qx 'dead\\|failed'"; }
sends() { until_so "grep -q settled /var/lib/private/offboard/$1/runs/*/journal.ndjson 2>/dev/null && ls /var/lib/private/offboard/$1/runs/*/lock.*"; }
systemctl daemon-reload
for job in good forbidden usage; do systemctl start offboard@$job; show $job $job; done
systemctl start offboard@late; show late late-first; ended late; show late late
systemctl start --no-block offboard@stopped; sends stopped; systemctl stop offboard@stopped; show stopped stopped
systemctl start --no-block offboard@stopped; sends stopped
folder=$(echo /var/lib/private/offboard/stopped/runs/*)
OFFBOARD_API_KEY_FILE=/etc/offboard/api-key offboard run --config /etc/offboard/stopped.yaml --out $folder 2> held.txt; echo $? > held-code.txt
ended stopped; show stopped stopped-again
systemctl enable --now offboard@good.timer; systemctl show offboard@good.timer -p NextElapseUSecRealtime --value > timer.txt
journalctl -t offboard -o cat --no-pager > journal.txt
`;

function write(path: string, text: string, mode = 0o644): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
  chmodSync(join(root, path), mode);
}

beforeAll(async () => {
  server = await startTruthServer({ members: membersBefore, forbidden: [9] });
  watcher = await startWatcherServer();
  const made = mkdtempSync(join(tmpdir(), 'offboard-systemd-'));
  root = join(made, 'root');
  execFileSync('bash', [boot, 'prepare', made]);
  folder = made;

  const packed = execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', root], {
    cwd: checkout,
    encoding: 'utf8',
  }).trim();
  execFileSync('chroot', [root, 'npm', 'install', '--global', '--silent', '--ignore-scripts', `/${packed}`]);
  for (const kind of ['service', 'timer'])
    cpSync(join(units, `offboard@.${kind}`), join(root, 'etc/systemd/system', `offboard@.${kind}`));
  // A night's waits are too long for a test. And node_exporter's folder, as the unit's comment has it.
  const dropIn = '[Service]\nRestartSec=5s\nSupplementaryGroups=daemon\nReadWritePaths=/var/lib/textfile\n';
  write('etc/systemd/system/offboard@.service.d/test.conf', dropIn);
  mkdirSync(join(root, 'var/lib/textfile'));
  execFileSync('chroot', [root, 'chgrp', 'daemon', '/var/lib/textfile']);
  chmodSync(join(root, 'var/lib/textfile'), 0o775);

  write('etc/offboard/api-key', `${truthKey}\n`, 0o600);
  write('etc/offboard/good.env', `OFFBOARD_PING_URL=${watcher.url}/secret-id\n`, 0o600);
  const model = readFileSync(join(units, 'leavers.yaml'), 'utf8');
  for (const [name, { pairs, extra }] of Object.entries(jobs)) {
    const jobFile = model
      .replace('leavers/leavers.csv', `${name}/leavers.csv`)
      .replace('https://paradigm.example.com', server.url)
      .replace(extra === '' ? '' : new RegExp(`^${extra.split(':')[0]}:.*\n`, 'm'), '');
    write(`etc/offboard/${name}.yaml`, `${jobFile}${extra}metrics-file: /var/lib/textfile/${name}.prom\n`);
    const rows = pairs.map((pair) => `${pair.replace('/', ',')}\n`).join('');
    write(`var/lib/offboard/${name}/leavers.csv`, `workspace_id,user_id\n${rows}`);
  }
  write('offboard-test/script.sh', script);
  // Not synchronously: the servers are in this process.
  await promisify(execFile)('bash', [boot, 'run', made, '/offboard-test/script.sh']);
});

afterAll(async () => {
  if (folder !== undefined) execFileSync('bash', [boot, 'remove', folder]);
  await Promise.all([server?.close(), watcher?.close()]);
});

function said(name: string): string {
  return readFileSync(join(root, 'offboard-test', `${name}.txt`), 'utf8');
}

function shown(name: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    said(name)
      .trim()
      .split('\n')
      .map((line) => line.split('=') as [string, string]),
  );
}

function runFolders(job: Job): readonly string[] {
  const runs = join(root, 'var/lib/private/offboard', job, 'runs');
  return readdirSync(runs).map((name) => join(runs, name));
}

/** What the job's only report says that is not so. */
function disagreements(job: Job): readonly string[] {
  const [run = '', ...others] = runFolders(job);
  const input = jobs[job].pairs.map((pair, at) => ({ line: at + 2, pair }));
  return [...others, ...compareWithTruth(readReport(run), { input, membersBefore, server })];
}

describe('the unit under systemd', () => {
  it('succeeds by 0, with the key, the list and the runs where the unit says', () => {
    expect(shown('good')).toEqual({
      ActiveState: 'inactive',
      Result: 'success',
      ExecMainStatus: '0',
      NRestarts: '0',
    });
    expect(disagreements('good')).toEqual([]);
    const { uid, mode } = statSync(runFolders('good')[0] ?? '');
    expect(uid).toBeGreaterThan(1_000);
    expect(mode & 0o777).toBe(0o750);
  });

  it('tells who watches: by an address that only root can read, and by a file that all can', () => {
    expect(watcher.told.map(({ path }) => path)).toEqual(['/secret-id/start', '/secret-id/0']);
    const metrics = join(root, 'var/lib/textfile/good.prom');
    expect(readFileSync(metrics, 'utf8')).toContain('offboard_last_run_exit_code{job_file="good"} 0\n');
    expect(statSync(metrics).mode & 0o777).toBe(0o644);
    expect(said('journal')).toContain('removed');
    expect(said('journal')).not.toContain('secret-id');
  });

  it.each([
    { job: 'forbidden', code: '20' },
    { job: 'usage', code: '2' },
  ])('fails by $code, and is not started again', ({ job, code }) => {
    expect(shown(job)).toEqual({
      ActiveState: 'failed',
      Result: 'exit-code',
      ExecMainStatus: code,
      NRestarts: '0',
    });
  });

  it('is started again after 21, and goes on', () => {
    expect(shown('late-first')).toMatchObject({ ActiveState: 'activating', ExecMainStatus: '21' });
    expect(shown('late')).toMatchObject({ ActiveState: 'inactive', Result: 'success', ExecMainStatus: '0' });
    expect(disagreements('late')).toEqual([]);
    expect(readReport(runFolders('late')[0] ?? '').json.run.sessions).toBeGreaterThan(1);
  });

  it('stops in order when it is told to, and goes on when it is started', () => {
    expect(shown('stopped')).toMatchObject({
      ActiveState: 'failed',
      Result: 'exit-code',
      ExecMainStatus: '21',
    });
    expect(shown('stopped-again')).toMatchObject({
      ActiveState: 'inactive',
      Result: 'success',
      ExecMainStatus: '0',
    });
    expect(disagreements('stopped')).toEqual([]);
  });

  it('holds its folder against a person on the same machine, whose processes it cannot see', () => {
    expect(said('held-code')).toBe('24\n');
    expect(said('held')).toContain('is held by');
  });

  it('comes again by its timer', () => {
    expect(said('timer')).toMatch(/^\w{3} \d{4}-\d\d-\d\d 02:\d\d:\d\d/);
  });
});
