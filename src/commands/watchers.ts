import { randomUUID } from 'node:crypto';
import type { Log } from '../effects.ts';
import type { ProxySettings } from '../io/membership-api.ts';
import { writeMetricsFile } from '../io/metrics-file.ts';
import { systemClock } from '../io/system-clock.ts';
import { tellWatcher } from '../io/tell-watcher.ts';
import { writeTerminationLog } from '../io/termination-log.ts';
import type { RunOptions } from '../options/run-options.ts';
import { jobLabels, pushAddress } from '../options/watcher-address.ts';
import { parseLastSuccess, renderMetrics, successOf } from '../report/render-metrics.ts';
import { pingPath, renderPing } from '../report/render-ping.ts';
import { renderTerminationMessage } from '../report/render-termination-message.ts';
import type { RunEnding } from '../report/run-ending.ts';

/** Those who are told how a run went. None of them changes how it ends. */
export interface Watchers {
  /** Does not wait for anybody. */
  started(): void;
  /** Resolves once all have been told, or after 10 s. Never rejects. */
  ended(ending: RunEnding): Promise<void>;
}

/** A watcher that has not answered by then is given up. */
const answerWithinMs = 9_500;
/** So long may telling delay the end of a run, all watchers together: a file system that hangs cannot be given up. */
const tellAtMostMs = 10_000;

const metricsType = 'text/plain; version=0.0.4';

/** A dry run is told to nobody but the container's own log: nothing has happened that a watcher waits for. */
export function createWatchers(options: RunOptions, proxies: ProxySettings, log: Log): Watchers {
  const rid = randomUUID();
  const labels = jobLabels(options);
  const { metricsFile, pushgateway, pingUrl, terminationLog, dryRun } = options;
  let startPing: Promise<void> = Promise.resolve();

  function ping(path: string, body: string, signal: AbortSignal): Promise<void> {
    if (pingUrl === undefined) return Promise.resolve();
    const url = new URL(pingUrl);
    url.pathname = `${url.pathname.replace(/\/+$/, '')}${path}`;
    url.searchParams.set('rid', rid);
    return tellWatcher({ url, contentType: 'text/plain; charset=utf-8', body, signal }, proxies);
  }

  function push(ending: RunEnding, signal: AbortSignal): Promise<void> {
    if (pushgateway === undefined) return Promise.resolve();
    // A POST leaves the metrics alone that it does not name: the last success outlives a run that failed.
    const body = renderMetrics(ending, {}, successOf(ending));
    return tellWatcher(
      { url: pushAddress(pushgateway, labels), contentType: metricsType, body, signal },
      proxies,
    );
  }

  async function writeFile(ending: RunEnding): Promise<void> {
    if (metricsFile === undefined) return;
    await writeMetricsFile(metricsFile, (earlier) =>
      renderMetrics(ending, labels, successOf(ending) ?? parseLastSuccess(earlier)),
    );
  }

  /** Its address is not said: it is a secret. */
  async function said(watcher: string, telling: Promise<void>): Promise<void> {
    try {
      await telling;
    } catch (error) {
      const because = reasonOf(error);
      log.warn(
        'watcher.failed',
        { watcher, because },
        `--${watcher} could not be told how the run went: ${because}`,
      );
    }
  }

  return {
    started() {
      if (!dryRun) startPing = said('ping-url', ping('/start', '', AbortSignal.timeout(answerWithinMs)));
    },
    async ended(ending) {
      const signal = AbortSignal.timeout(answerWithinMs);
      const container = said(
        'termination-log',
        writeTerminationLog(terminationLog, renderTerminationMessage(ending)),
      );
      const others = dryRun
        ? []
        : [
            said('metrics-file', writeFile(ending)),
            said('pushgateway', push(ending, signal)),
            said(
              'ping-url',
              startPing.then(() => ping(pingPath(ending), renderPing(ending), signal)),
            ),
          ];
      await atMost(tellAtMostMs, Promise.all([container, ...others]));
    },
  };
}

/** What the error says for an operator, without what may name the address. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  if (error.name === 'TimeoutError') return 'it did not answer in time';
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : error.message;
}

async function atMost(ms: number, telling: Promise<unknown>): Promise<void> {
  let cancel = (): void => undefined;
  const tooLong = new Promise<void>((resolve) => {
    cancel = systemClock.after(ms, resolve);
  });
  await Promise.race([telling, tooLong]);
  cancel();
}
