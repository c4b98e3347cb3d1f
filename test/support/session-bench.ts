import { expect } from 'vitest';
import type { KeySource, Log } from '../../src/effects.ts';
import { type Execution, type ExecutionResult, startExecution } from '../../src/execute/execute-plan.ts';
import type { ExecutionSettings } from '../../src/execute/execution.ts';
import type { JournalEvent } from '../../src/journal/journal-event.ts';
import { countOutcomes, outcomeOf } from '../../src/journal/outcome-of.ts';
import { createRunMemory } from '../../src/journal/run-memory.ts';
import type { RecordTable } from '../../src/plan/record-kind.ts';
import { createRecordTable } from '../../src/plan/record-table.ts';
import { createFakeClock } from './fake-clock.ts';
import { createFakeJournal } from './fake-journal.ts';
import { createScriptedApi, type Scripted, type ScriptedRequest } from './scripted-api.ts';
import { seededRandom } from './seeded-random.ts';
import { sessionStarted } from './session-events.ts';

export interface BenchSetup {
  readonly removals: number;
  /** The removals are spread evenly over so many; one for each ten by default. */
  readonly workspaces?: number;
  readonly script: (request: ScriptedRequest) => Scripted;
  readonly settings?: Partial<ExecutionSettings>;
  readonly keySource?: KeySource;
  readonly seed?: number;
  /** The journal of the sessions before. */
  readonly earlier?: readonly JournalEvent[];
  readonly retryForbidden?: boolean;
  /** How long each look at the clock takes. */
  readonly lookMs?: number;
}

/** A session of the real middle with all of its outside scripted, on a clock that jumps. Records begin on line 2. */
export function startBench(setup: BenchSetup) {
  const clock = createFakeClock(undefined, setup.lookMs);
  const records = tableOf(setup.removals, setup.workspaces ?? Math.ceil(setup.removals / 10));
  const memory = createRunMemory(records);
  const onDisk = createRunMemory(records);
  const journal = createFakeJournal(clock, (event) => void onDisk.ledger.apply(event, 0));
  const settings = { ...usualSettings(setup, records), ...setup.settings };
  const sentOnLine = new Map<number, ScriptedRequest[]>();
  const logged: { readonly event: string; readonly message: string; readonly at: number }[] = [];
  const lock: { mayStart: boolean; failure: Error | undefined; changed: () => void } = {
    mayStart: true,
    failure: undefined,
    changed: () => undefined,
  };
  let mostIn50Ms = 0;
  let begun = Number.POSITIVE_INFINITY;

  function record(event: JournalEvent): number {
    const offset = journal.append(event);
    expect(memory.apply(event, offset)).toBeUndefined();
    if (event.event === 'starting' && offset >= begun) expectNarrowWatermark();
    return offset;
  }

  /** After a kill at most so many that never were sent may be called sent. */
  function expectNarrowWatermark(): void {
    let coveredOnly = 0;
    for (let index = 0; index < records.size; index += 1) {
      if (memory.ledger.isOfThisSession(index) && !sentOnLine.has(records.lineAt(index))) coveredOnly += 1;
    }
    // What has started leaves in the same turn of the event loop.
    const leaving = execution.sent() - api.sent.length;
    mostIn50Ms = Math.max(mostIn50Ms, leaving + sentIn50Ms());
    expect(coveredOnly - leaving).toBeLessThanOrEqual(Math.max(2 * settings.concurrency, mostIn50Ms));
  }

  /** What a session would take it for that begins with what is on disk. */
  function wouldBeLost(index: number): boolean {
    const { ledger, apply } = createRunMemory(records);
    for (const event of journal.events.slice(0, journal.durableBytes())) apply(event, 0);
    ledger.close();
    return ledger.hasLostReply(index);
  }

  function sentIn50Ms(): number {
    const first = api.sent.findLastIndex(({ at }) => at <= clock.now() - 50) + 1;
    return api.sent.length - first;
  }

  function startsIn50Ms(): number {
    return api.sent.length - 1 - api.sent.findLastIndex(({ at }) => at <= clock.now() - 50);
  }

  function onSent(request: ScriptedRequest): void {
    mostIn50Ms = Math.max(mostIn50Ms, sentIn50Ms());
    const index = request.pair.user - 1;
    const line = records.lineAt(index);
    expect(onDisk.ledger.isOfThisSession(index), `line ${line} is covered on disk before it is sent`).toBe(
      true,
    );
    if (sentOnLine.has(line)) {
      expect(wouldBeLost(index), `line ${line} may have been sent again, were the run killed now`).toBe(true);
    }
    const settledHere = journal.events
      .slice(begun)
      .some((event) => event.event === 'settled' && event.line === line);
    expect(settledHere, `line ${line} is sent again although it is settled`).toBe(false);
    mostIn50Ms = Math.max(mostIn50Ms, startsIn50Ms());
    sentOnLine.set(line, [...(sentOnLine.get(line) ?? []), request]);
  }

  const api = createScriptedApi(clock, setup.script, onSent);
  for (const event of setup.earlier ?? []) record(event);
  record(
    sessionStarted({
      session: memory.history.sessions() + 1,
      apiKeyFingerprint: 'sha256:key-1',
      retryForbidden: setup.retryForbidden ?? false,
    }),
  );
  journal.syncNow();
  begun = journal.events.length;
  const execution: Execution = startExecution(
    settings,
    {
      clock,
      random: seededRandom(setup.seed ?? 1),
      api,
      journal,
      hold: {
        mayStart: () => lock.mayStart,
        failure: () => lock.failure,
        onChange(callback) {
          lock.changed = callback;
        },
      },
      keySource: setup.keySource ?? { kind: 'environment', read: () => Promise.resolve('key-1') },
      firstKey: 'key-1',
      fingerprint: (key) => `sha256:${key}`,
      log: logTo((event, message) => logged.push({ event, message, at: clock.now() })),
    },
    { ...memory, records, record },
  );

  /** Runs to the session's end, closes its journal and holds everything against the contract's promises. */
  async function finish(): Promise<ExecutionResult> {
    const result = await clock.runUntil(execution.result);
    expect(api.mostInFlight()).toBeLessThanOrEqual(settings.concurrency);
    expect(execution.sent()).toBe(api.sent.length);
    expectRate(api.writtenAt, settings.ratePerSecond);
    expect([...result.unsent.fresh, ...result.unsent.again].sort((a, b) => a - b)).toEqual(
      coveredAndNeverSent(),
    );
    const reason = result.stop?.reason ?? null;
    record({
      event: 'session-ended',
      session: memory.history.sessions(),
      at: new Date(clock.wallNow()).toISOString(),
      status: result.stop === undefined ? 'completed' : 'stopped',
      reason,
      message: result.stop?.message ?? null,
      exitCode: 0,
      seconds: clock.now() / 1_000,
      unsent: result.unsent,
      left: 0,
      forbidden: 0,
    });
    return result;
  }

  function coveredAndNeverSent(): number[] {
    const lines: number[] = [];
    for (let index = 0; index < records.size; index += 1) {
      const line = records.lineAt(index);
      if (memory.ledger.isOfThisSession(index) && !sentOnLine.has(line)) lines.push(line);
    }
    return lines;
  }

  return {
    clock,
    records,
    ledger: memory.ledger,
    journal,
    api,
    lock,
    logged,
    execution,
    finish,
    /** Events of this session. */
    events: () => journal.events.slice(begun),
    sentOn: (line: number): readonly ScriptedRequest[] => sentOnLine.get(line) ?? [],
    outcomeOn: (line: number) => outcomeOf(records, memory.ledger, records.indexOfLine(line)),
    /** The outcomes that there are. */
    counts: () =>
      Object.fromEntries(
        Object.entries(countOutcomes(records, memory.ledger)).filter(([, count]) => count > 0),
      ),
    /** The last line about this removal. */
    lastOn: (line: number) =>
      journal.events.findLast(
        (event) => (event.event === 'settled' || event.event === 'attempt') && event.line === line,
      ),
  };
}

function usualSettings({ workspaces, removals }: BenchSetup, _records: RecordTable): ExecutionSettings {
  return {
    ratePerSecond: 100,
    concurrency: 8,
    shards: 1,
    maxAttempts: 5,
    maxOutageMs: 600_000,
    graceMs: 20_000,
    startUntil: Number.POSITIVE_INFINITY,
    cutAt: Number.POSITIVE_INFINITY,
    host: 'paradigm.example',
    workspaces: workspaces ?? Math.ceil(removals / 10),
  };
}

/** Users are numbered from 1 in the records' order, and each is in one workspace. */
function tableOf(removals: number, workspaces = 1): RecordTable {
  const builder = createRecordTable();
  for (let index = 0; index < removals; index += 1) {
    builder.addPair(index + 2, { workspace: (index % workspaces) + 1, user: index + 1 }, false);
  }
  return builder.freeze();
}

/** No window of one second holds more than rate × 1 s + 1 requests as written (above 1,000/s: 1 % more). */
function expectRate(starts: readonly number[], ratePerSecond: number): void {
  const most = ratePerSecond > 1_000 ? ratePerSecond * 1.01 + 1 : ratePerSecond + 1;
  let first = 0;
  for (const [count, at] of starts.entries()) {
    while ((starts[first] ?? at) <= at - 1_000) first += 1;
    expect(count - first + 1).toBeLessThanOrEqual(most);
  }
}

function logTo(add: (event: string, message: string) => void): Log {
  const write = (event: string, _fields: unknown, message: string) => add(event, message);
  return { debug: write, info: write, warn: write, error: write };
}
