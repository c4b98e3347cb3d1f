/**
 * Learns a limit that nobody told us: multiplicative decrease when throttled, gradual increase while not.
 *
 * While the limit is unknown, each throttled spell halves the rate. Once the server has been watched for long enough
 * between two spells, what it served in that time is an estimate of its limit, and the rate settles just below it.
 * From there it climbs in small steps, whose distance doubles each time a climb ends in being throttled again, and
 * halves while nothing happens, so that a limit that was raised is found too.
 */
export interface Adaptation {
  /** The rate that is tried now, in requests a second; Infinity where nothing limits it. */
  rateAt(now: number): number;
  /** The server answered something else than "too many". */
  served(now: number): void;
  /**
   * The server said "too many" to a request that started at `startedAt`. True where this begins a new spell, false where
   * the request was on its way before the rate was lowered last: one overload is not punished twice.
   */
  throttled(now: number, startedAt: number): boolean;
  /** Starts are possible again at `at`, after the wait that the server asked for. */
  resumed(at: number): void;
}

const unknownLimitFactor = 0.5;
const knownLimitFactor = 0.95;
const step = 0.02;
const shortestStepMs = 1_000;
const longestStepMs = 64_000;
/** Shorter watches mistake the server's burst allowance for its rate. */
const watchMs = 2_500;
const lowestPerSecond = 1 / 60;

export function createAdaptation(ceilingPerSecond: number): Adaptation {
  let rate = ceilingPerSecond;
  let loweredAt = Number.NEGATIVE_INFINITY;
  let resumedAt: number | undefined;
  let servedSince = 0;
  let firstServedAt: number | undefined;
  let stepMs = shortestStepMs;
  let nextStepAt = Number.POSITIVE_INFINITY;

  function climb(now: number): void {
    while (now >= nextStepAt && rate < ceilingPerSecond) {
      rate = Math.min(ceilingPerSecond, rate * (1 + step));
      stepMs = Math.max(shortestStepMs, stepMs * 0.9);
      nextStepAt += stepMs;
    }
  }

  return {
    rateAt(now) {
      climb(now);
      return rate;
    },
    served(now) {
      firstServedAt ??= now;
      servedSince += 1;
    },
    throttled(now, startedAt) {
      if (startedAt <= loweredAt) return false;
      climb(now);
      const since = resumedAt ?? firstServedAt ?? now;
      const watchedMs = now - since;
      const servedPerSecond = (servedSince / Math.max(watchedMs, 1)) * 1_000;
      if (watchedMs >= watchMs) {
        rate = Math.min(rate, servedPerSecond) * knownLimitFactor;
        stepMs = Math.min(longestStepMs, stepMs * 2);
      } else {
        rate = (Number.isFinite(rate) ? rate : servedPerSecond) * unknownLimitFactor;
      }
      rate = Math.max(lowestPerSecond, rate);
      loweredAt = now;
      nextStepAt = Number.POSITIVE_INFINITY;
      return true;
    },
    resumed(at) {
      resumedAt = at;
      servedSince = 0;
      nextStepAt = at + stepMs;
      loweredAt = at;
    },
  };
}
