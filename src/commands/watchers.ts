import { randomUUID } from 'node:crypto';
import type { Log } from '../effects.ts';
import type { ProxySettings } from '../io/membership-api.ts';
import type { Teller } from '../io/teller.ts';
import type { Telling } from '../io/telling.ts';
import { writeTerminationLog } from '../io/termination-log.ts';
import type { RunOptions } from '../options/run-options.ts';
import { jobLabels, pushAddress } from '../options/watcher-address.ts';
import { renderMetrics } from '../report/render-metrics.ts';
import { pingPath, renderPing } from '../report/render-ping.ts';
import { renderTerminationMessage } from '../report/render-termination-message.ts';
import type { RunEnding } from '../report/run-ending.ts';

/** Those who are told how a run went. None of them changes how it ends. */
export interface Watchers {
  /** Does not wait for anybody. */
  started(): void;
  /** Resolves once all have been told or given up. Never rejects. */
  ended(ending: RunEnding): Promise<void>;
}

export interface WatchersOptions {
  readonly options: RunOptions;
  readonly proxies: ProxySettings;
  readonly log: Log;
  /** Called for the start and for the end, where there is somebody to tell. */
  readonly startTeller: () => Teller;
}

const metricsType = 'text/plain; version=0.0.4';

/** A dry run is told to nobody but the termination log: nothing has happened that another watcher waits for. */
export function createWatchers({ options, proxies, log, startTeller }: WatchersOptions): Watchers {
  const rid = randomUUID();
  const labels = jobLabels(options);
  const { metricsFile, pushgateway, pingUrl, terminationLog, dryRun } = options;
  let startPing: Promise<void> = Promise.resolve();

  function ping(address: string, path: string, text: string): Telling {
    const url = new URL(address);
    url.pathname = `${url.pathname.replace(/\/+$/, '')}${path}`;
    url.searchParams.set('rid', rid);
    const post = { address: url.href, contentType: 'text/plain; charset=utf-8', text };
    return { kind: 'post', post, proxies };
  }

  function push(address: string, ending: RunEnding): Telling {
    // A POST leaves the metrics alone that it does not name: the last success and the last report outlive a run without.
    const text = renderMetrics(ending, {}, new Map());
    const post = { address: pushAddress(address, labels).href, contentType: metricsType, text };
    return { kind: 'post', post, proxies };
  }

  /** Its address is not said: it is a secret. */
  async function said(watcher: string, telling: Promise<void>): Promise<void> {
    try {
      await telling;
    } catch (error) {
      const because = error instanceof Error ? error.message : 'unknown';
      log.warn(
        'watcher.failed',
        { watcher, because },
        `--${watcher} could not be told how the run went: ${because}`,
      );
    }
  }

  function tellingsOf(ending: RunEnding, line: string): ReadonlyMap<string, Telling> {
    const tellings = new Map<string, Telling>();
    if (terminationLog !== undefined)
      tellings.set('termination-log', { kind: 'termination-log', path: terminationLog, line });
    if (dryRun) return tellings;
    if (metricsFile !== undefined)
      tellings.set('metrics-file', { kind: 'metrics-file', path: metricsFile, ending, labels });
    if (pushgateway !== undefined) tellings.set('pushgateway', push(pushgateway, ending));
    if (pingUrl !== undefined) tellings.set('ping-url', ping(pingUrl, pingPath(ending), renderPing(ending)));
    return tellings;
  }

  return {
    started() {
      if (dryRun || pingUrl === undefined) return;
      const teller = startTeller();
      startPing = said('ping-url', teller.tell(ping(pingUrl, '/start', ''))).finally(teller.close);
    },
    async ended(ending) {
      const line = renderTerminationMessage(ending);
      // The container's own file needs no other process: it hangs only where everything does.
      if (terminationLog === undefined) await writeTerminationLog(undefined, line);
      const tellings = tellingsOf(ending, line);
      if (tellings.size === 0) return;
      const teller = startTeller();
      await Promise.all(
        Array.from(tellings, async ([watcher, telling]) => {
          if (watcher === 'ping-url') await startPing;
          await said(watcher, teller.tell(telling));
        }),
      );
      teller.close();
    },
  };
}
