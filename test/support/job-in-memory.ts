import { expect } from 'vitest';
import type { JournalEvent, SessionEnded } from '../../src/journal/journal-event.ts';
import { countOutcomes } from '../../src/journal/outcome-of.ts';
import { createRunMemory } from '../../src/journal/run-memory.ts';
import { type SessionSettings, startSession } from '../../src/offboard.ts';
import type { Plan } from '../../src/plan/build-plan.ts';
import { createFakeClock } from './fake-clock.ts';
import { createFakeJournal } from './fake-journal.ts';
import { removed } from './replies.ts';
import { createScriptedApi, type Scripted, type ScriptedRequest } from './scripted-api.ts';
import { seededRandom } from './seeded-random.ts';

export interface JobSetup {
  readonly plan: Plan;
  readonly script?: (request: ScriptedRequest) => Scripted;
  readonly settings?: Partial<SessionSettings>;
  readonly dryRun?: boolean;
  readonly tornBytes?: number;
  readonly earlier?: readonly JournalEvent[];
}

/** A job on a folder in memory, an API that is scripted, and a clock that jumps. */
export function startJob({
  plan,
  script = () => removed,
  settings = {},
  dryRun = false,
  tornBytes = 0,
  earlier = [],
}: JobSetup) {
  const clock = createFakeClock();
  const memory = createRunMemory(plan.table);
  const journal = createFakeJournal(clock, () => undefined);
  const api = createScriptedApi(clock, script, () => undefined);
  const warnings: string[] = [];
  const quiet = () => undefined;
  const record = (event: JournalEvent): number => {
    const offset = journal.append(event);
    expect(memory.apply(event, offset)).toBeUndefined();
    return offset;
  };
  for (const event of earlier) record(event);
  const session = startSession({
    plan,
    folder: {
      memory,
      journal,
      hold: { mayStart: () => true, failure: () => undefined, onChange: quiet },
      tornBytes,
      record,
    },
    settings: {
      ratePerSecond: 100,
      concurrency: 4,
      shards: 1,
      maxAttempts: 2,
      maxOutageMs: 60_000,
      graceMs: 5_000,
      endsAt: undefined,
      beganAt: 0,
      host: 'paradigm.example',
      ...settings,
    },
    effects: {
      clock,
      random: seededRandom(1),
      api,
      keySource: { kind: 'environment', read: () => Promise.resolve('key-1') },
      firstKey: 'key-1',
      fingerprint: (key) => `sha256:${key}`,
      log: {
        debug: quiet,
        info: quiet,
        error: quiet,
        warn: (_event, _fields, message) => warnings.push(message),
      },
    },
    started: {
      host: 'ops-1',
      pid: 17,
      version: '1.2.3',
      apiKeyFingerprint: dryRun ? null : 'sha256:key-1',
      settings: { rate: 100 },
      dryRun,
      retryForbidden: false,
    },
  });
  return {
    clock,
    journal,
    api,
    warnings,
    session,
    exit: () => clock.runUntil(session.ended),
    end: (): SessionEnded | undefined => {
      const last = journal.events.at(-1);
      return last?.event === 'session-ended' ? last : undefined;
    },
    counts: () =>
      Object.fromEntries(
        Object.entries(countOutcomes(plan.table, memory.ledger)).filter(([, count]) => count > 0),
      ),
  };
}
