import type { RequestFigures } from '../report/report-json.ts';
import type { AttemptAnswered, Settled } from './journal-event.ts';

/** Counts the requests of all sessions, and how long their answers took. */
export interface RequestTally {
  answered(event: AttemptAnswered | Settled): void;
  /** `seconds`: how long all sessions took together. */
  figures(seconds: number): RequestFigures;
}

/**
 * Durations are counted in buckets that are 1 % wide (and 0.01 ms at the lower end), so that any number of them takes
 * the same memory. Only answers count: what a lost connection took says how long we waited.
 */
export function createRequestTally(): RequestTally {
  const buckets: number[] = [];
  let answers = 0;
  let sent = 0;
  let retries = 0;
  let throttled = 0;
  let max = 0;

  function percentile(share: number): number {
    let left = Math.ceil(answers * share);
    for (let bucket = 0; bucket < buckets.length; bucket += 1) {
      left -= buckets[bucket] ?? 0;
      if (left <= 0) return Math.min(max, roundMs(Math.exp(bucket / 100) - 1));
    }
    return max;
  }

  return {
    answered(event) {
      if (event.ms === null) return;
      sent += 1;
      if (event.attempts > 1) retries += 1;
      if (event.event === 'attempt' && event.verdict === 'throttled') throttled += 1;
      if (event.status === null) return;
      answers += 1;
      max = Math.max(max, event.ms);
      const bucket = Math.round(Math.log(event.ms + 1) * 100);
      buckets[bucket] = (buckets[bucket] ?? 0) + 1;
    },
    figures(seconds) {
      const rounded = Math.round(seconds * 1_000) / 1_000;
      return {
        sent,
        retries,
        throttled,
        seconds: rounded,
        perSecond: rounded > 0 ? Math.round((sent / rounded) * 100) / 100 : 0,
        latencyMs:
          answers === 0
            ? { p50: 0, p95: 0, p99: 0, max: 0 }
            : { p50: percentile(0.5), p95: percentile(0.95), p99: percentile(0.99), max },
      };
    },
  };
}

function roundMs(ms: number): number {
  return Math.round(ms * 100) / 100;
}
