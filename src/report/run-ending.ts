import type { ReportJson } from './report-json.ts';

/**
 * How one process ended that was asked to `run`, for whoever watches it. Nothing in it comes from the input: no cell, and no
 * message, since messages quote what they complain of.
 */
export interface RunEnding {
  readonly version: string;
  readonly exitCode: number;
  /** Why the session stopped, a StopReason; null where it came to its end, and where there was no session. */
  readonly reason: string | null;
  /** By the wall clock, in epoch milliseconds. */
  readonly endedAtMs: number;
  /** How long the process has run. */
  readonly seconds: number;
  /** For how long this session was held because the server had throttled it or said that its limit was used up. */
  readonly heldSeconds: number;
  /** The run folder; undefined where it ended before there was one. */
  readonly folder: string | undefined;
  /** Undefined where none was written. */
  readonly report: ReportJson | undefined;
}
