import type { Clock, FolderHold, Journal, KeySource, Log, MembershipApi, Random } from './effects.ts';
import { type Execution, type ExecutionResult, startExecution } from './execute/execute-plan.ts';
import { mindWallClock } from './execute/mind-wall-clock.ts';
import { exitCodes } from './exit-code.ts';
import type { JournalEvent, SessionStarted } from './journal/journal-event.ts';
import { countLeft, countOutcomes } from './journal/outcome-of.ts';
import { exitOf } from './journal/report-facts.ts';
import type { RunMemory } from './journal/run-memory.ts';
import type { Plan } from './plan/build-plan.ts';

/** A run folder that this process holds. */
export interface HeldFolder {
  readonly memory: RunMemory;
  readonly journal: Journal;
  readonly hold: FolderHold;
  readonly tornBytes: number;
  record(event: JournalEvent): number;
}

/** One session of the job: what it works with and how. */
export interface SessionRequest {
  readonly plan: Plan;
  readonly folder: HeldFolder;
  readonly settings: SessionSettings;
  readonly effects: SessionEffects;
  /** The session's first line, but for its number and time. */
  readonly started: Omit<SessionStarted, 'event' | 'session' | 'at'>;
}

export interface SessionSettings {
  readonly ratePerSecond: number;
  readonly concurrency: number;
  readonly shards: number;
  readonly maxAttempts: number;
  readonly maxOutageMs: number;
  readonly graceMs: number;
  /** By the clock; undefined where the run has no time limit. */
  readonly endsAt: number | undefined;
  /** When the time that the limit counts from began, by the clock. */
  readonly beganAt: number;
  readonly host: string;
}

export interface SessionEffects {
  readonly clock: Clock;
  readonly random: Random;
  readonly api: MembershipApi;
  readonly keySource: KeySource;
  readonly firstKey: string;
  readonly fingerprint: (key: string) => string;
  readonly log: Log;
}

/** A session under way. */
export interface RunningSession {
  /** Resolves to the exit code once everything is in the journal and on disk; the report is the next step. */
  readonly ended: Promise<number>;
  readonly execution: Execution | undefined;
}

/** To a journal line of protected ones. */
const linesAtOnce = 1_000;

/**
 * The job on one screen: a session is announced in the journal, carried out, and closed in the journal. A dry run is the
 * same without the middle.
 */
export function startSession(asked: SessionRequest): RunningSession {
  const { effects, started } = asked;
  const folder = { ...asked.folder, record: mindWallClock(asked.folder.record, effects.clock, effects.log) };
  const request = { ...asked, folder };
  const beganAt = effects.clock.now();
  announce(request);
  if (started.dryRun) return { ended: close(request, beganAt, nothingSent), execution: undefined };
  const execution = startExecution(
    limitsOf(request),
    { ...effects, ...folder },
    { ...folder, ...folder.memory, records: request.plan.table },
  );
  const ended = execution.result.then((result) => close(request, beganAt, result));
  return { ended, execution };
}

const nothingSent: ExecutionResult = { stop: undefined, unsent: { fresh: [], again: [] }, heldMs: 0 };

function announce({ plan, folder, effects, started }: SessionRequest): void {
  const at = instant(effects.clock);
  const { history } = folder.memory;
  folder.record({ event: 'session-started', session: history.sessions() + 1, at, ...started });
  if (folder.tornBytes > 0) {
    const text = `the journal's last line was torn (${folder.tornBytes} bytes) and was cut off`;
    folder.record({ event: 'warning', at, text });
    effects.log.warn('journal.torn', { bytes: folder.tornBytes }, text);
  }
  let lines: number[] = [];
  for (const line of plan.protectedLines()) {
    lines.push(line);
    if (lines.length < linesAtOnce) continue;
    folder.record({ event: 'protected', lines });
    lines = [];
  }
  if (lines.length > 0) folder.record({ event: 'protected', lines });
}

/** --max-duration: nothing starts in its last tenth; what is in flight is cut half-way through it. */
function limitsOf({ plan, settings }: SessionRequest) {
  const { endsAt = Number.POSITIVE_INFINITY, beganAt } = settings;
  const reserveMs = Number.isFinite(endsAt) ? Math.min(30_000, (endsAt - beganAt) / 10) : 0;
  return {
    ...settings,
    startUntil: endsAt - reserveMs,
    cutAt: endsAt - reserveMs / 2,
    workspaces: plan.workspaces,
  };
}

async function close(
  { plan, folder, effects }: SessionRequest,
  beganAt: number,
  { stop, unsent, heldMs }: ExecutionResult,
): Promise<number> {
  const { clock } = effects;
  const { ledger, history } = folder.memory;
  const failure = folder.journal.failure();
  if (failure !== undefined) throw failure;
  const ended = {
    event: 'session-ended',
    session: history.sessions(),
    at: instant(clock),
    status: stop === undefined ? 'completed' : 'stopped',
    reason: stop?.reason ?? null,
    message: stop?.message ?? null,
    seconds: Math.round(clock.now() - beganAt) / 1_000,
    heldSeconds: Math.round(heldMs) / 1_000,
    unsent,
  } as const;
  // What is left, and so the exit code, is only known once the ledger has taken the end in.
  ledger.apply({ ...ended, exitCode: 0, left: 0, forbidden: 0 }, -1);
  const counts = countOutcomes(plan.table, ledger);
  const { code } = exitCodes[exitOf(stop?.reason, counts)];
  folder.record({
    ...ended,
    exitCode: code,
    left: countLeft(plan.table, ledger),
    forbidden: counts.forbidden,
  });
  await folder.journal.flush();
  return code;
}

function instant(clock: Clock): string {
  return new Date(clock.wallNow()).toISOString();
}
