import type { Clock, FolderHold, Journal, KeySource, Log, MembershipApi, Random } from '../effects.ts';
import type { JournalEvent } from '../journal/journal-event.ts';
import type { Ledger } from '../journal/ledger.ts';
import type { RunHistory } from '../journal/run-history.ts';
import type { RecordTable } from '../plan/record-kind.ts';

/** What a session is to do, and how. */
export interface ExecutionSettings {
  /** Ceiling on request starts a second; Infinity for none. */
  readonly ratePerSecond: number;
  readonly concurrency: number;
  /** Processes that share the work and the server's limit: 1 without shards. */
  readonly shards: number;
  readonly maxAttempts: number;
  readonly maxOutageMs: number;
  readonly graceMs: number;
  /** By the clock: nothing starts from then on. Infinity where the run has no time limit. */
  readonly startUntil: number;
  /** By the clock: what is in flight is cut then. */
  readonly cutAt: number;
  /** For messages. */
  readonly host: string;
  /** Distinct workspaces among the removals of the input. */
  readonly workspaces: number;
}

/** The outside of a session; tests script all of it. */
export interface ExecutionEffects {
  readonly clock: Clock;
  readonly random: Random;
  readonly api: MembershipApi;
  readonly journal: Journal;
  readonly hold: FolderHold;
  readonly keySource: KeySource;
  readonly firstKey: string;
  /** For the journal: what is safe to say of a key. */
  readonly fingerprint: (key: string) => string;
  readonly log: Log;
}

/** What is known when a session begins; `record` writes an event and takes it in. */
export interface ExecutionState {
  readonly records: RecordTable;
  readonly ledger: Ledger;
  readonly history: RunHistory;
  /** Writes to the journal, applies to the ledger, and returns the line's offset. */
  readonly record: (event: JournalEvent) => number;
}
