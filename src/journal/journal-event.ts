import type { SettledOutcome, StopReason } from '../plan/outcome.ts';

/**
 * The journal's format version; a reader refuses a newer one. Version 1 knew no `retrying`: there an `attempt` line does not
 * say that its removal is not being sent again.
 */
export const journalSchemaVersion = 2;

/**
 * One line of journal.ndjson. Instants are ISO 8601 with milliseconds in UTC, `line` is the record's line
 * in input.csv, durations are milliseconds unless the name says otherwise.
 */
export type JournalEvent =
  | RunCreated
  | SessionStarted
  | ProtectedLines
  | Starting
  | Retrying
  | AttemptAnswered
  | Settled
  | KeyChanged
  | Warned
  | SessionEnded;

/** The first line: what this run folder belongs to, for ever. */
export interface RunCreated {
  readonly event: 'run-created';
  readonly schemaVersion: number;
  readonly tool: { readonly name: string; readonly version: string };
  readonly runId: string;
  readonly at: string;
  readonly input: {
    /** As the operator gave it; `-` is standard input. */
    readonly path: string;
    readonly sha256: string;
    readonly bytes: number;
    readonly records: number;
    readonly columns: { readonly workspace: string; readonly user: string };
  };
  readonly target: { readonly baseUrl: string; readonly scope: 'instance' | 'company' };
  /** `i/n`, or null for the whole file. */
  readonly shard: string | null;
}

/** One execution begins to work in this run folder. */
export interface SessionStarted {
  readonly event: 'session-started';
  /** Counted from 1. */
  readonly session: number;
  readonly at: string;
  readonly host: string;
  readonly pid: number;
  readonly version: string;
  /** `sha256:<first 12 hex>`, or null in a dry run. */
  readonly apiKeyFingerprint: string | null;
  readonly settings: Readonly<Record<string, string | number | boolean | null>>;
  readonly dryRun: boolean;
  /** Whether records that are `forbidden` by now are tried again. */
  readonly retryForbidden: boolean;
}

/** Lines whose user is on the protect list of this session; several such lines add up. */
export interface ProtectedLines {
  readonly event: 'protected';
  readonly lines: readonly number[];
}

/**
 * The watermark. From here on every removal of this pass up to `throughLine` may be sent: 'fresh' are those that
 * no session had covered before, 'again' those that one had. Each pass goes through the input in its order.
 */
export interface Starting {
  readonly event: 'starting';
  readonly pass: 'fresh' | 'again';
  readonly throughLine: number;
}

/** From here on these removals may be sent again, although their attempts so far surely did nothing. */
export interface Retrying {
  readonly event: 'retrying';
  readonly lines: readonly number[];
}

/** One attempt was answered, or lost, and the removal is not settled by it. */
export interface AttemptAnswered {
  readonly event: 'attempt';
  readonly line: number;
  /** Requests sent for this removal so far, over all sessions. */
  readonly attempts: number;
  readonly status: number | null;
  readonly reason: string;
  readonly verdict: 'transient' | 'throttled' | 'unauthorized' | 'stop';
  /** The API may have done the removal although its answer did not say so. */
  readonly lost: boolean;
  readonly ms: number;
  readonly at: string;
  readonly detail?: string;
}

/** How a removal ended, for this session at least. */
export interface Settled {
  readonly event: 'settled';
  readonly line: number;
  readonly outcome: SettledOutcome;
  readonly reason: string;
  readonly attempts: number;
  readonly status: number | null;
  /** Only on `failed`: some attempt may have done the removal. */
  readonly lost?: true;
  /** Duration of the attempt that settled it, to a hundredth; null where no further attempt did. */
  readonly ms: number | null;
  readonly at: string;
  readonly detail?: string;
}

export interface KeyChanged {
  readonly event: 'key-changed';
  readonly at: string;
  readonly apiKeyFingerprint: string;
}

/** Something the report has to say beside its counts. */
export interface Warned {
  readonly event: 'warning';
  readonly at: string;
  readonly text: string;
}

/** The session is over; its report follows. */
export interface SessionEnded {
  readonly event: 'session-ended';
  readonly session: number;
  readonly at: string;
  readonly status: 'completed' | 'stopped';
  readonly reason: StopReason | null;
  /** One sentence for people, why it stopped. */
  readonly message: string | null;
  readonly exitCode: number;
  /** By the monotonic clock. */
  readonly seconds: number;
  /** For how long the server's throttling kept requests from starting; older journals do not say. */
  readonly heldSeconds?: number;
  /** Lines covered by a watermark of this session, but surely never started in it. */
  readonly unsent: { readonly fresh: readonly number[]; readonly again: readonly number[] };
  /** Removals that the same command would try now. */
  readonly left: number;
  /** Removals that are forbidden, which `--retry-forbidden` would try. */
  readonly forbidden: number;
}
