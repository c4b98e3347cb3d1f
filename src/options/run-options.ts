/** What `run` and `plan` were asked to do, whoever said it: flag, environment, job file or default. */
export interface RunOptions {
  /** Path of the CSV; `-` is standard input. */
  readonly input: string;
  /** Without a trailing slash; a path prefix is kept. */
  readonly baseUrl: string;
  readonly scope: 'instance' | 'company';
  readonly apiKeyFile: string | undefined;
  readonly out: string | undefined;
  readonly runsFolder: string;
  readonly fresh: boolean;
  readonly retryForbidden: boolean;
  /** Ceiling on request starts of this process, already divided by the number of shards. */
  readonly rate: Rate;
  readonly concurrency: number;
  readonly maxAttempts: number;
  readonly timeoutMs: number;
  readonly maxOutageMs: number;
  readonly maxDurationMs: number | undefined;
  readonly graceMs: number;
  readonly maxRemovals: number;
  /** File of user ids that are never removed. */
  readonly protect: string | undefined;
  readonly onInvalid: 'stop' | 'skip';
  readonly workspaceColumn: string | undefined;
  readonly userColumn: string | undefined;
  readonly shard: Shard | undefined;
  /** What JOB_COMPLETION_INDEX said, where it chose the shard. */
  readonly completionIndex: number | undefined;
  /** Otherwise the job file names the input. */
  readonly isInputTyped: boolean;
  readonly dryRun: boolean;
  readonly yes: boolean;
  /** The job file, where there is one. */
  readonly config: string | undefined;
  readonly metricsFile: string | undefined;
  /** Addresses of watchers; secrets. */
  readonly pushgateway: string | undefined;
  readonly pingUrl: string | undefined;
  readonly terminationLog: string | undefined;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
  readonly logFormat: 'auto' | 'pretty' | 'json';
  readonly json: boolean;
  /** The options of a command that goes on with this, as words; its input is left out. */
  readonly repeat: readonly string[];
}

/** Request starts per second, or no ceiling. */
export type Rate = number | 'off';

/** One share of the input; `index` counts from 1. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}
