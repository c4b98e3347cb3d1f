import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { compareWithTruth, type InputRow } from '../support/compare-with-truth.ts';
import { readReport } from '../support/read-report.ts';
import { startOffboard } from '../support/run-offboard.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { createTransientFaults } from '../support/transient-faults.ts';
import { type SeenRequest, startTruthServer, truthKey } from '../support/truth-server.ts';

/** One torture: a run that is killed again and again while its server fails in every way, until it is done. */
export interface TortureSettings {
  readonly rows: number;
  readonly kills: number;
  readonly seed: number;
  /** Of all requests, from 0 to 1. */
  readonly faultShare: number;
  readonly concurrency: number;
  /** The built command's file; the project's own where left out. */
  readonly command?: string;
}

/** What came of it. */
export interface TortureResult {
  /** Statements of any report on the way, or of the last one, that the server knows better. */
  readonly disagreements: readonly string[];
  /** Requests for removals that had been answered for more than a second when a kill came. */
  readonly repeatedLate: number;
  /** Pairs that were asked for again although they had been answered. */
  readonly repeated: number;
  /** Answers that the server gave whole, and that the session did not get: its connection or its time was over. */
  readonly answersLost: number;
  /** Called absent-after-lost-reply although sent once. */
  readonly calledLost: number;
  /** So many at most may be called so: 2 × concurrency for each kill, or what starts in 50 ms, if that is more. */
  readonly calledLostAtMost: number;
  readonly failed: number;
  readonly exitCode: number | null;
  readonly stderr: string;
  readonly sessions: number;
  readonly requests: number;
  readonly seconds: number;
  /** Kinds of faults that never came up. */
  readonly faultsMissed: readonly string[];
}

const forbiddenWorkspace = 7;
/** Reports are made and compared after so many of the kills: each reads and writes every row. */
const reportsAtMost = 10;

/** Kills and faults follow from the seed alone: a fault from its pair and how often that was asked for, a kill by arrivals. */
export async function torture(settings: TortureSettings): Promise<TortureResult> {
  const { rows, kills, seed, concurrency } = settings;
  const random = seededRandom(seed);
  const pairs = Array.from({ length: rows }, (_, index) => `${1 + (index % 40)}/${1_000 + index}`);
  const input: InputRow[] = pairs.map((pair, index) => ({ line: index + 2, pair }));
  const membersBefore = new Set(pairs.filter(() => random() < 0.7));
  const faults = createTransientFaults({ seed, share: settings.faultShare });
  const server = await startTruthServer({
    members: membersBefore,
    forbidden: [forbiddenWorkspace],
    script: (request) => faults.script(request) ?? { kind: 'usual', afterMs: request.index % 8 },
  });
  const cwd = mkdtempSync(join(tmpdir(), 'offboard-torture-'));
  writeFileSync(
    join(cwd, 'pairs.csv'),
    `workspace_id,user_id\n${pairs.map((pair) => `${pair.replace('/', ',')}\n`).join('')}`,
  );
  const words = ['run', 'pairs.csv', '--out', 'run', '--rate', 'off', '--timeout', '1s'];
  const limits = [
    '--concurrency',
    String(concurrency),
    '--max-attempts',
    '9',
    '--max-removals',
    String(rows),
  ];
  const start = (command: readonly string[]) =>
    startOffboard(command, {
      cwd,
      env: { PARADIGM_API_KEY: truthKey, OFFBOARD_BASE_URL: server.url },
      limitMs: 600_000,
      ...(settings.command === undefined ? {} : { command: settings.command }),
    });

  const beganAt = performance.now();
  const disagreements: string[] = [];
  const killed: KilledSession[] = [];

  async function compare(folder: string, moment: string): Promise<void> {
    const said = compareWithTruth(readReport(join(cwd, folder)), { input, membersBefore, server });
    disagreements.push(...said.map((problem) => `${moment}: ${problem}`));
  }

  async function killOnce(): Promise<boolean> {
    const before = server.requests.length;
    const startedAt = performance.now();
    const running = start([...words, ...limits]);
    const ended = running.ended.then(() => true);
    // Some before the first request, most in the middle of many.
    const arrivals = random() < 0.15 ? 0 : before + 1 + Math.floor((random() * 1.6 * rows) / kills);
    const lateMs = arrivals === 0 ? random() * 700 : random() * 60;
    const hasEnded = await Promise.race([ended, server.arrived(arrivals).then(() => false)]);
    if (hasEnded) return false;
    await sleep(lateMs);
    killed.push({ startedAt, killedAt: performance.now() });
    running.kill('SIGKILL');
    return (await running.ended).signal === 'SIGKILL';
  }

  async function reportAfterKill(): Promise<void> {
    const { exitCode, stderr } = await start(['report', 'run', '--out', 'looked-at']).ended;
    if (exitCode === 2 && /holds a run that never began|is no run folder/.test(stderr)) return;
    if (exitCode !== 0)
      disagreements.push(`kill ${killed.length}: offboard report ended with ${exitCode}: ${stderr}`);
    else await compare('looked-at', `after kill ${killed.length}`);
  }

  try {
    for (let kill = 0; kill < kills && (await killOnce()); kill += 1) {
      if (kill % Math.ceil(kills / reportsAtMost) === 0) await reportAfterKill();
    }
    const last: KilledSession = { startedAt: performance.now(), killedAt: Number.POSITIVE_INFINITY };
    const { exitCode, stderr } = await start([...words, ...limits]).ended;
    await compare('run', 'at the end');
    const { json, rows: reported } = readReport(join(cwd, 'run'));
    const sentOnce = countBy(server.requests.map(({ pair }) => pair));
    return {
      disagreements,
      ...repetitions(server.requests, [...killed, last]),
      calledLost: reported.filter(
        ({ reason, line }) =>
          reason === 'absent-after-lost-reply' && sentOnce.get(pairs[line - 2] ?? '') === 1,
      ).length,
      calledLostAtMost: killed.length * Math.max(2 * concurrency, mostIn50Ms(server.requests)),
      failed: json.counts.failed,
      exitCode,
      stderr,
      sessions: json.run.sessions,
      requests: server.requests.length,
      seconds: (performance.now() - beganAt) / 1_000,
      faultsMissed: [...faults.timesMet].filter(([, times]) => times === 0).map(([name]) => name),
    };
  } finally {
    await server.close();
    rmSync(cwd, { recursive: true, force: true });
  }
}

/** From a session's start to its kill, by the monotonic clock. What was on its way at the kill arrives after it. */
interface KilledSession {
  readonly startedAt: number;
  readonly killedAt: number;
}

/** What was asked for again after the server's own answer (204, 403, 404) had been handed over whole. */
function repetitions(requests: readonly SeenRequest[], killed: readonly KilledSession[]) {
  const sessionOf = (at: number) => killed.findLastIndex(({ startedAt }) => startedAt <= at);
  const answered = new Map<string, { readonly session: number; readonly answeredAt: number }>();
  const repeated = new Set<string>();
  let repeatedLate = 0;
  let answersLost = 0;
  for (const { pair, arrivedAt, answeredAt, isUsual } of requests) {
    const session = sessionOf(arrivedAt);
    const before = answered.get(pair);
    if (before !== undefined) {
      repeated.add(pair);
      const killedAt = killed[before.session]?.killedAt ?? Number.POSITIVE_INFINITY;
      if (before.session === session) answersLost += 1;
      else if (killedAt - before.answeredAt > 1_000) repeatedLate += 1;
    }
    if (isUsual && answeredAt !== undefined) answered.set(pair, { session, answeredAt });
  }
  return { repeated: repeated.size, repeatedLate, answersLost };
}

function mostIn50Ms(requests: readonly SeenRequest[]): number {
  let most = 0;
  let first = 0;
  for (const [index, { arrivedAt }] of requests.entries()) {
    while ((requests[first]?.arrivedAt ?? arrivedAt) < arrivedAt - 50) first += 1;
    most = Math.max(most, index - first + 1);
  }
  return most;
}

function countBy(values: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}
