import { durationText } from './parse-duration.ts';
import type { RunOptions } from './run-options.ts';

/**
 * What report.json says under `settings`: option names in camelCase, times as an operator writes them, the rate in
 * requests a second or `off`, null where nothing was said. Input, target and shard stand elsewhere in the report.
 */
export function describeSettings(options: RunOptions): Record<string, string | number | boolean | null> {
  return {
    rate: options.rate,
    concurrency: options.concurrency,
    maxAttempts: options.maxAttempts,
    timeout: durationText(options.timeoutMs),
    maxOutage: durationText(options.maxOutageMs),
    maxDuration: options.maxDurationMs === undefined ? null : durationText(options.maxDurationMs),
    grace: durationText(options.graceMs),
    maxRemovals: options.maxRemovals,
    onInvalid: options.onInvalid,
    protect: options.protect ?? null,
    workspaceColumn: options.workspaceColumn ?? null,
    userColumn: options.userColumn ?? null,
    retryForbidden: options.retryForbidden,
    fresh: options.fresh,
    yes: options.yes,
    apiKeyFrom: options.apiKeyFile === undefined ? 'environment' : 'file',
  };
}
