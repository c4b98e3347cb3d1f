import type { Outcome } from '../plan/outcome.ts';

/** How one record ended, as its row of the report says it. */
export interface Ending {
  readonly outcome: Outcome;
  readonly reason: string;
  /** HTTP status of the answer that settled it, or of the last one; null where there was none. */
  readonly status: number | null;
  /** Requests sent for it, throttled ones included, over all sessions. */
  readonly attempts: number;
  /** ISO 8601 with milliseconds, UTC; null where it was never settled. */
  readonly finishedAt: string | null;
  /** For people; begins with `perhaps removed` where that is so. */
  readonly detail: string;
  /** `failed` or `not-attempted`, although an attempt may have done the removal. */
  readonly perhapsRemoved: boolean;
}

/** One record with how it ended; ids are null where they cannot be read. */
export interface ReportRecord {
  readonly line: number;
  /** As in the input, one a column, surplus ones after them. */
  readonly cells: readonly string[];
  readonly workspace: number | null;
  readonly user: number | null;
  readonly ending: Ending;
}
