/**
 * Learns a limit that nobody told us: multiplicative decrease when throttled, gradual increase while not.
 *
 * Each throttled spell brings an estimate of the limit. The truth lies between the rate at which requests were served
 * while they could start (too high: the server's burst allowance is in it) and what was served in the whole cycle, the
 * wait included (too low, where the wait was longer than needed). Where they could start for long enough, the former is
 * it; else their geometric mean is a guess.
 *
 * After a spell the rate follows the curve of CUBIC (RFC 9438): from just below the estimate it rises quickly, then ever
 * more slowly as it comes near, stays there, and then goes beyond it ever more quickly, so that a limit that was raised is
 * found. A guess is soon tried; the same limit found again is left alone for twice as long.
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

/** The rate after a spell, as a share of the estimate. */
const decrease = 0.9;
/** Over a whole watch the rate is a little lower than at its end, where it met the limit. */
const climbAllowance = 1.03;
/** Where requests could start for so long, and for half of the cycle, the estimate is no guess. */
const sureMs = 2_000;
/** Estimates that differ by no more are of the same limit. */
const sameLimit = 0.1;
/** From a spell back to the estimate. */
const guessedReturnMs = 2_000;
const sureReturnMs = 8_000;
const longestReturnMs = 64_000;
const lowestPerSecond = 1 / 60;

export function createAdaptation(ceilingPerSecond: number): Adaptation {
  let limit = ceilingPerSecond;
  let returnMs = guessedReturnMs;
  let servedInCycle = 0;
  /** The spell before, or the first answer; and when starts were possible again after it. */
  let cycleFrom: number | undefined;
  let resumedAt: number | undefined;
  let hasBeenThrottled = false;

  function rateAt(now: number): number {
    if (!hasBeenThrottled) return ceilingPerSecond;
    const progress = Math.max(0, now - (resumedAt ?? now)) / returnMs;
    const rate = limit * (1 + (1 - decrease) * (progress - 1) ** 3);
    return Math.max(lowestPerSecond, Math.min(ceilingPerSecond, rate));
  }

  function learn(now: number): void {
    const from = cycleFrom ?? now;
    const startingMs = now - (resumedAt ?? from);
    const tried = Math.min(rateAt(now), climbAllowance * perSecond(servedInCycle, startingMs));
    if (startingMs >= sureMs && startingMs >= (now - from) / 2) {
      const isSame = Math.abs(tried / limit - 1) <= sameLimit;
      returnMs = isSame ? Math.min(longestReturnMs, Math.max(sureReturnMs, 2 * returnMs)) : sureReturnMs;
      limit = tried;
    } else {
      returnMs = guessedReturnMs;
      limit = hasBeenThrottled ? Math.sqrt(tried * perSecond(servedInCycle, now - from)) : tried / 2;
    }
    limit = Math.max(lowestPerSecond, limit);
  }

  return {
    rateAt,
    served(now) {
      cycleFrom ??= now;
      servedInCycle += 1;
    },
    throttled(now, startedAt) {
      if (resumedAt !== undefined && startedAt < resumedAt) return false;
      learn(now);
      hasBeenThrottled = true;
      servedInCycle = 0;
      cycleFrom = now;
      resumedAt = now;
      return true;
    },
    resumed(at) {
      resumedAt = at;
    },
  };
}

function perSecond(count: number, ms: number): number {
  return (count / Math.max(ms, 1)) * 1_000;
}
