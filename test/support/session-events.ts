import type {
  AttemptAnswered,
  SessionEnded,
  SessionStarted,
  Settled,
} from '../../src/journal/journal-event.ts';

const at = '2026-11-24T23:53:42.000Z';

/** Journal lines of a session, but for what is given. */
export function sessionStarted(rest: Partial<SessionStarted> = {}): SessionStarted {
  return {
    event: 'session-started',
    session: 1,
    at,
    host: 'ops-1',
    pid: 17,
    version: '1.2.3',
    apiKeyFingerprint: 'sha256:0123456789ab',
    settings: { rate: 10 },
    dryRun: false,
    retryForbidden: false,
    ...rest,
  };
}

export function settledOn(line: number, rest: Partial<Settled> = {}): Settled {
  return {
    event: 'settled',
    line,
    outcome: 'removed',
    reason: 'deleted',
    attempts: 1,
    status: 204,
    ms: 12,
    at,
    ...rest,
  };
}

export function attemptOn(line: number, rest: Partial<AttemptAnswered> = {}): AttemptAnswered {
  return {
    event: 'attempt',
    line,
    attempts: 1,
    status: 503,
    reason: 'http-503',
    verdict: 'transient',
    lost: false,
    ms: 12,
    at,
    ...rest,
  };
}

export function sessionEnded(rest: Partial<SessionEnded> = {}): SessionEnded {
  return {
    event: 'session-ended',
    session: 1,
    at,
    status: 'completed',
    reason: null,
    message: null,
    exitCode: 0,
    seconds: 1,
    unsent: { fresh: [], again: [] },
    left: 0,
    forbidden: 0,
    ...rest,
  };
}
