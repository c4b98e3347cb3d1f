import { isPlainHttpElsewhere } from './parse-base-url.ts';
import { shardOfIndex } from './parse-shard.ts';
import type { ResolvedOptions } from './resolve-options.ts';
import type { runOptionTable } from './run-option-table.ts';
import type { Rate, RunOptions, Shard } from './run-options.ts';

type Resolved = ResolvedOptions<typeof runOptionTable>;

/**
 * Makes run options of what each option alone says, and finds what contradicts itself. `completionIndex` is the text of
 * JOB_COMPLETION_INDEX. The options may only be used where there are no problems.
 */
export function buildRunOptions(
  resolved: Resolved,
  input: string,
  completionIndex: string | undefined,
): { readonly options: Omit<RunOptions, 'isInputTyped' | 'repeat'>; readonly problems: readonly string[] } {
  const { values } = resolved;
  const problems: string[] = [];
  const shard = chooseShard(resolved, completionIndex, problems);
  if (isPlainHttpElsewhere(values['base-url']) && !values['allow-http']) {
    const origin = resolved.source('base-url')?.given.origin ?? 'default';
    problems.push(
      `${origin}: http: sends the API key unencrypted; use https:, or allow it with --allow-http`,
    );
  }
  const options = {
    input,
    baseUrl: values['base-url'],
    scope: values.scope,
    apiKeyFile: values['api-key-file'],
    out: values.out,
    runsFolder: values['runs-folder'],
    fresh: values.fresh,
    retryForbidden: values['retry-forbidden'],
    rate: chooseRate(resolved, shard, problems),
    concurrency: values.concurrency,
    maxAttempts: values['max-attempts'],
    timeoutMs: values.timeout,
    maxOutageMs: values['max-outage'],
    maxDurationMs: values['max-duration'],
    graceMs: values.grace,
    maxRemovals: values['max-removals'],
    protect: values.protect,
    onInvalid: values['on-invalid'],
    workspaceColumn: values['workspace-column'],
    userColumn: values['user-column'],
    shard,
    completionIndex: values.shards === undefined || shard === undefined ? undefined : shard.index - 1,
    dryRun: values['dry-run'],
    yes: values.yes,
    config: values.config,
    metricsFile: values['metrics-file'],
    pushgateway: values.pushgateway,
    pingUrl: values['ping-url'],
    terminationLog: values['termination-log'],
    logLevel: values['log-level'],
    logFormat: values['log-format'],
    json: values.json,
  };
  return { options, problems };
}

function chooseShard(
  { values, source }: Resolved,
  completionIndex: string | undefined,
  problems: string[],
): Shard | undefined {
  const { shard, shards } = values;
  if (shards === undefined) return shard;
  const origin = source('shards')?.given.origin;
  if (shard !== undefined) {
    problems.push(`${source('shard')?.given.origin} and ${origin} both say the share: leave one out`);
    return shard;
  }
  const parsed = shardOfIndex(completionIndex, shards);
  if (parsed.kind === 'value') return parsed.value;
  problems.push(`${origin}: ${parsed.problem}`);
  return undefined;
}

/** A share's own ceiling counts, unless a stronger source says the ceiling of all. */
function chooseRate({ values, source }: Resolved, shard: Shard | undefined, problems: string[]): Rate {
  const perShard = source('rate-per-shard');
  const own = values['rate-per-shard'];
  if (perShard !== undefined && values.shard === undefined && values.shards === undefined) {
    problems.push(`${perShard.given.origin}: there is no shard; say the share with --shard, or use --rate`);
  }
  const isOwnStronger = (perShard?.rank ?? Infinity) <= (source('rate')?.rank ?? Infinity);
  if (own !== undefined && isOwnStronger) return own;
  return values.rate === 'off' ? 'off' : values.rate / (shard?.count ?? 1);
}
