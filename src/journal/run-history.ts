import type { RequestFigures } from '../report/report-json.ts';
import type { JournalEvent, RunCreated, SessionEnded, SessionStarted, Settled } from './journal-event.ts';
import { createRequestTally } from './request-tally.ts';

/** What a journal says of the run as a whole, beside its removals: a fold over the same events as the ledger's. */
export interface RunHistory {
  apply(event: JournalEvent): void;
  created(): RunCreated | undefined;
  sessions(): number;
  /** Whether any session was more than a dry run. */
  hasRealSession(): boolean;
  firstSession(): SessionStarted | undefined;
  lastSession(): SessionStarted | undefined;
  /** How the last session ended; undefined while it goes on, and where it was killed. */
  lastEnd(): SessionEnded | undefined;
  /** The last instant that any line names. */
  lastAt(): string;
  apiKeyFingerprint(): string | null;
  /** An answer of this run, whichever session got it, showed that the API accepts this key. */
  isKeyAccepted(keyFingerprint: string): boolean;
  requests(): RequestFigures;
  warnings(): readonly string[];
}

export function createRunHistory(): RunHistory {
  const tally = createRequestTally();
  const warnings: string[] = [];
  let created: RunCreated | undefined;
  let first: SessionStarted | undefined;
  let hasRealSession = false;
  let last: SessionStarted | undefined;
  let lastEnd: SessionEnded | undefined;
  let lastAt = '';
  let secondsOfEnded = 0;
  const acceptedKeys = new Set<string>();
  let fingerprint: string | null = null;
  let keyChangedAt = Number.NEGATIVE_INFINITY;

  /** A killed session left no duration: the instants of its lines must do. */
  function secondsOfOpen(): number {
    if (last === undefined || lastEnd !== undefined) return 0;
    return Math.max(0, Date.parse(lastAt) - Date.parse(last.at)) / 1_000;
  }

  function startSession(event: SessionStarted): void {
    if (last !== undefined && lastEnd === undefined) {
      secondsOfEnded += secondsOfOpen();
      warnings.push(
        `session ${last.session} was cut off: what was in flight then may have been removed, and is sent again unless it is protected by now`,
      );
    }
    if (fingerprint !== null && event.apiKeyFingerprint !== null && event.apiKeyFingerprint !== fingerprint) {
      warnings.push(
        `session ${event.session} used another API key (${event.apiKeyFingerprint}, before ${fingerprint})`,
      );
    }
    fingerprint = event.apiKeyFingerprint ?? fingerprint;
    keyChangedAt = Number.NEGATIVE_INFINITY;
    first ??= event;
    hasRealSession ||= !event.dryRun;
    last = event;
    lastEnd = undefined;
  }

  function noteAccepted({ outcome, at, ms }: Settled): void {
    if (outcome === 'failed' || fingerprint === null || acceptedKeys.has(fingerprint)) return;
    // What was on its way when the key changed had been sent with the old one.
    if (Date.parse(at) - (ms ?? 0) >= keyChangedAt) acceptedKeys.add(fingerprint);
  }

  function applySession(event: JournalEvent): void {
    if (event.event === 'run-created') created = event;
    else if (event.event === 'session-started') startSession(event);
    else if (event.event === 'session-ended') {
      lastEnd = event;
      secondsOfEnded += event.seconds;
    } else if (event.event === 'warning') warnings.push(event.text);
    else if (event.event === 'key-changed') {
      warnings.push(`the API key changed during the run (${event.apiKeyFingerprint}, before ${fingerprint})`);
      fingerprint = event.apiKeyFingerprint;
      keyChangedAt = Date.parse(event.at);
    }
  }

  return {
    apply(event) {
      if (event.event === 'attempt' || event.event === 'settled') tally.answered(event);
      else applySession(event);
      if (event.event === 'settled') noteAccepted(event);
      if ('at' in event) lastAt = event.at;
    },
    created: () => created,
    sessions: () => last?.session ?? 0,
    hasRealSession: () => hasRealSession,
    firstSession: () => first,
    lastSession: () => last,
    lastEnd: () => lastEnd,
    lastAt: () => lastAt,
    apiKeyFingerprint: () => fingerprint,
    isKeyAccepted: (keyFingerprint) => acceptedKeys.has(keyFingerprint),
    requests: () => tally.figures(secondsOfEnded + secondsOfOpen()),
    warnings: () => warnings,
  };
}
