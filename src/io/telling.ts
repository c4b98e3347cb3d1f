import { parseMetrics, renderMetrics } from '../report/render-metrics.ts';
import type { RunEnding } from '../report/run-ending.ts';
import type { ProxySettings } from './membership-api.ts';
import { writeMetricsFile } from './metrics-file.ts';
import { postToWatcher, type WatcherPost } from './post-to-watcher.ts';
import { writeTerminationLog } from './termination-log.ts';

/** What one watcher is told. It crosses to another process, so it is plain data. */
export type Telling =
  | { readonly kind: 'post'; readonly post: WatcherPost; readonly proxies: ProxySettings }
  | {
      readonly kind: 'metrics-file';
      readonly path: string;
      readonly ending: RunEnding;
      readonly labels: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'termination-log'; readonly path: string; readonly line: string };

/** Rejects where it could not be told. Waits for as long as the watcher hangs. */
export function tell(telling: Telling): Promise<void> {
  switch (telling.kind) {
    case 'post':
      return postToWatcher(telling.post, telling.proxies);
    case 'metrics-file': {
      const { path, ending, labels } = telling;
      return writeMetricsFile(path, (earlier) => renderMetrics(ending, labels, parseMetrics(earlier)));
    }
    case 'termination-log':
      return writeTerminationLog(telling.path, telling.line);
  }
}

/** What the error says for an operator, without what may name an address. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : error.message;
}
