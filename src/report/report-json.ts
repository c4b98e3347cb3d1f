import type { Outcome } from '../plan/outcome.ts';

/** report.json, schema version 1; report-schema.ts is its published JSON Schema. */
export interface ReportJson {
  readonly schemaVersion: 1;
  readonly tool: { readonly name: string; readonly version: string };
  readonly run: {
    readonly id: string;
    readonly status: 'completed' | 'stopped';
    /** A StopReason, or null where it completed. */
    readonly reason: string | null;
    readonly exitCode: number;
    readonly startedAt: string;
    readonly finishedAt: string;
    readonly sessions: number;
    readonly dryRun: boolean;
    readonly host: string;
  };
  readonly target: {
    readonly baseUrl: string;
    readonly scope: 'instance' | 'company';
    /** `sha256:<first 12 hex>`; null where no key was needed (a dry run). */
    readonly apiKeyFingerprint: string | null;
  };
  readonly input: {
    readonly path: string;
    readonly sha256: string;
    readonly records: number;
    /** With a shard: the whole file's. */
    readonly fileRecords?: number;
    readonly columns: { readonly workspace: string; readonly user: string };
    readonly shard: string | null;
  };
  readonly settings: Readonly<Record<string, string | number | boolean | null>>;
  readonly counts: Readonly<Record<Outcome, number>>;
  /** By outcome, then by reason; duplicates are counted under `duplicate-of-line`. Outcomes without records are left out. */
  readonly reasons: Readonly<Partial<Record<Outcome, Readonly<Record<string, number>>>>>;
  readonly perhapsRemoved: number;
  readonly requests: RequestFigures;
  /** Most records first. */
  readonly forbiddenByWorkspace: readonly { readonly workspace: number; readonly records: number }[];
  readonly warnings: readonly string[];
  /** File names by outcome, relative to the run folder. */
  readonly files: Readonly<Record<Outcome, string>>;
}

/** Of all sessions; what a kill cut off is not in it. */
export interface RequestFigures {
  readonly sent: number;
  readonly retries: number;
  readonly throttled: number;
  readonly seconds: number;
  readonly perSecond: number;
  readonly latencyMs: {
    readonly p50: number;
    readonly p95: number;
    readonly p99: number;
    readonly max: number;
  };
}

/** What the report says beside its rows; the journal knows it. */
export type ReportFacts = Pick<
  ReportJson,
  'tool' | 'run' | 'target' | 'input' | 'settings' | 'requests' | 'warnings'
> & {
  /** One sentence for people, why the run stopped; null where it completed. */
  readonly stopMessage: string | null;
};
