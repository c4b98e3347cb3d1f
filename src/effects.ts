import type { JournalEvent } from './journal/journal-event.ts';
import type { Outcome } from './plan/outcome.ts';
import type { Reply } from './policy/reply.ts';

/** Everything the job asks of the outside. The adapters are in io/; tests bring their own. */

/** Time. Decisions take instants as arguments; only execute/ asks the clock. */
export interface Clock {
  /** Milliseconds since an arbitrary start; never goes back. Durations are measured with it. */
  now(): number;
  /** The wall clock in epoch milliseconds; may jump. Instants in reports are read from it. */
  wallNow(): number;
  /** Calls back once after `delayMs`; the function returned cancels it. */
  after(delayMs: number, callback: () => void): () => void;
}

/** A number from 0 (included) to 1 (excluded). */
export type Random = () => number;

/** One user in one workspace. */
export interface Pair {
  readonly workspace: number;
  readonly user: number;
}

/** One request on its way. */
export interface Attempt {
  /** Never rejects for what a network can do: a lost connection is a reply too. */
  readonly reply: Promise<Reply>;
  /** Cuts it; the reply is then a lost connection, `aborted`. */
  abort(): void;
}

/** Paradigm's admin API, as far as this job needs it. */
export interface MembershipApi {
  /**
   * Sends one DELETE. Resolves within the configured timeout. `onSent` is called once, before that: when the request is
   * written, which may take until a connection is there, or when it is known that it never will be.
   */
  remove(pair: Pair, apiKey: string, onSent: () => void): Attempt;
  close(): Promise<void>;
}

/** Where the API key comes from. */
export interface KeySource {
  /** A file can bring another key later (a rotated secret), the environment cannot. */
  readonly kind: 'file' | 'environment';
  /** The key now, trimmed; undefined where there is none just now. */
  read(): Promise<string | undefined>;
}

/** The append-only memory of a run. */
export interface Journal {
  /** Adds a line and returns its byte offset in the file; it is handed to the disk with the next batch. */
  append(event: JournalEvent): number;
  /** Hands everything added so far to the disk now; resolves when it is there (fdatasync). */
  flush(): Promise<void>;
  /** A line at an offset below this is on disk. */
  durableBytes(): number;
  /** How long the sync under way has taken at `now`, in milliseconds; 0 where none is. */
  syncAgeMs(now: number): number;
  /** Called after each sync, and once when the journal can no longer be written. */
  onChange(callback: () => void): void;
  /** Why the journal can no longer be written, if so. */
  failure(): Error | undefined;
}

/** The lock on the run folder, while a run works in it. */
export interface FolderHold {
  /** False while the lock could not be renewed for too long: no request may start until it has been read again. */
  mayStart(now: number): boolean;
  /** Why the folder is no longer ours or no longer there, if so. */
  failure(): Error | undefined;
  onChange(callback: () => void): void;
}

/** Structured log: `event` is a stable name such as `pacer.held`. Never give it a key. */
export interface Log {
  debug(event: string, fields: LogFields, message: string): void;
  info(event: string, fields: LogFields, message: string): void;
  warn(event: string, fields: LogFields, message: string): void;
  error(event: string, fields: LogFields, message: string): void;
}

export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** Why nothing moves, or that it does. */
export type Situation =
  | { readonly kind: 'running' }
  /** Throttled: the API asked everybody to wait. */
  | { readonly kind: 'held'; readonly remainingMs: number }
  | { readonly kind: 'outage'; readonly host: string; readonly sinceMs: number; readonly stopsInMs: number }
  | { readonly kind: 'key-refused'; readonly stopsInMs: number }
  /** Only removals that wait for their next attempt are left. */
  | { readonly kind: 'waiting'; readonly remainingMs: number }
  | { readonly kind: 'disk-late' }
  | {
      readonly kind: 'stopping';
      readonly because: string;
      readonly inFlight: number;
      readonly remainingMs: number;
    };

/** What a progress line shows; taken at any moment. */
export interface Progress {
  /** Removals of this run, those settled by earlier sessions included. */
  readonly removals: number;
  readonly done: number;
  readonly counts: Readonly<Partial<Record<Outcome, number>>>;
  /** Requests sent in this session so far. */
  readonly sent: number;
  readonly situation: Situation;
}
