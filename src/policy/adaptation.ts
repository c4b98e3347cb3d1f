import { estimateLimit, type LimitEstimate, type Spell } from './limit-estimate.ts';
import { createServedMeter } from './served-meter.ts';

/**
 * Learns a limit that nobody told us: multiplicative decrease when throttled, gradual increase while not.
 *
 * Each throttled spell brings an estimate of the limit. After it the rate follows the curve of CUBIC (RFC 9438): from
 * just below the estimate it rises quickly, then ever more slowly as it comes near, stays there, and then goes beyond it
 * ever more quickly, so that a limit that was raised is found. A guess is soon tried; the same limit found again is left
 * alone for twice as long.
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
const decrease = 0.93;
/** From a spell back to the estimate. */
const guessedReturnMs = 2_000;
const sureReturnMs = 16_000;
const longestReturnMs = 64_000;
/** Estimates that differ by no more are of the same limit. */
const sameLimit = 0.1;
const lowestPerSecond = 1 / 60;

export function createAdaptation(ceilingPerSecond: number): Adaptation {
  const meter = createServedMeter();
  let limit: number | undefined;
  let returnMs = guessedReturnMs;
  let lastSpell: Spell | undefined;
  let resumedAt = Number.NEGATIVE_INFINITY;
  /** Since when requests could start, and were served. */
  let startingFrom: number | undefined;
  let served = 0;
  let spell:
    | { readonly at: number; readonly triedPerSecond: number; readonly recentPerSecond: number }
    | undefined;

  function curveAt(now: number): number {
    if (limit === undefined) return ceilingPerSecond;
    const progress = Math.max(0, now - resumedAt) / returnMs;
    const rate = limit * (1 + (1 - decrease) * (progress - 1) ** 3);
    return Math.max(lowestPerSecond, Math.min(ceilingPerSecond, rate));
  }

  /** Twice in a row nothing was served, perhaps by others' doing: then the wait alone tells when to ask again. */
  function estimate(whole: Spell): LimitEstimate {
    const isNews = whole.served > 0 || lastSpell?.served !== 0;
    return limit === undefined || isNews
      ? estimateLimit(whole, lastSpell)
      : { perSecond: limit, isSure: false };
  }

  /** Only once the wait is over is it known what of all that was in flight had been served. */
  function learn(): void {
    if (spell === undefined) return;
    const { at, triedPerSecond, recentPerSecond } = spell;
    const startingMs = at - (startingFrom ?? at);
    const whole: Spell = { triedPerSecond, startingMs, waitedMs: resumedAt - at, served, recentPerSecond };
    const { perSecond, isSure } = estimate(whole);
    const isSame = returnMs >= sureReturnMs && Math.abs(perSecond / (limit ?? perSecond) - 1) <= sameLimit;
    if (!isSure) returnMs = guessedReturnMs;
    else returnMs = isSame ? Math.min(longestReturnMs, 2 * returnMs) : sureReturnMs;
    limit = perSecond;
    lastSpell = whole;
    spell = undefined;
    startingFrom = resumedAt;
    served = 0;
    meter.restart(resumedAt);
  }

  return {
    rateAt(now) {
      if (now >= resumedAt) learn();
      return curveAt(now);
    },
    served(now) {
      startingFrom ??= now;
      served += 1;
      meter.served(now);
    },
    throttled(now, startedAt) {
      if (spell !== undefined || startedAt < resumedAt) return false;
      spell = { at: now, triedPerSecond: curveAt(now), recentPerSecond: meter.perSecond(now) };
      return true;
    },
    resumed(at) {
      resumedAt = at;
    },
  };
}
