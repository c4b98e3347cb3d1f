import { estimateLimit, type LimitEstimate, type Spell, secondMs, tellingMs } from './limit-estimate.ts';
import { createServedMeter } from './served-meter.ts';

/**
 * Learns a limit that nobody told us: multiplicative decrease when throttled, gradual increase while not.
 *
 * Each throttled spell brings an estimate of the limit. After it the rate rises, ever more slowly, to just below the
 * estimate, stays there, and then goes beyond it, ever more quickly, so that a limit that was raised is found: the shape of
 * CUBIC (RFC 9438). A guess is tried at once. How long the rate stays depends on what it costs to be wrong: a limit that is
 * sure is tried again when the wait that this brings is a small share of the time.
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

/**
 * Shares of the estimate after a spell: the rate begins at the first and rises to the second. These and the times below were
 * found by simulation against buckets and windows of many sizes (test/policy/adaptation.test.ts).
 */
const restartShare = 0.9;
const steadyShare = 0.98;
const guessRiseMs = 1_000;
const riseMs = 2_500;
/** Beyond the estimate: the rate is e times as high after this long, and e to the fourth after twice as long. */
const climbMs = 2_000;
const nearStayMs = 2_700;
/** Trying a limit again costs a refusal or two: not sooner than after so many requests. */
const stayRequests = 40;
/** Of the time may be spent on waits that trying a limit again costs. */
const waitShare = 0.075;
const longestStayMs = 60_000;
const lowestPerSecond = 1 / 60;

export function createAdaptation(ceilingPerSecond: number): Adaptation {
  const meter = createServedMeter();
  let limit: LimitEstimate | undefined;
  /** When the rate was lowered last. */
  let loweredAt = Number.NEGATIVE_INFINITY;
  let risesUntil = 0;
  let staysUntil = 0;
  let resumedAt = Number.NEGATIVE_INFINITY;
  /** Since when requests could start, and were served. */
  let servingFrom: number | undefined;
  let served = 0;
  let spell: { readonly at: number; readonly of: Omit<Spell, 'served' | 'waitedMs'> } | undefined;

  function curveAt(now: number): number {
    if (limit === undefined) return ceilingPerSecond;
    return Math.max(lowestPerSecond, Math.min(ceilingPerSecond, limit.perSecond * shareAt(now)));
  }

  function shareAt(now: number): number {
    if (now >= staysUntil) return steadyShare * Math.exp(((now - staysUntil) / climbMs) ** 2);
    if (now >= risesUntil) return steadyShare;
    const left = Math.min(1, (risesUntil - now) / (risesUntil - loweredAt));
    return steadyShare - (steadyShare - restartShare) * left ** 2;
  }

  /** Only once the wait is over is it known what of all that was in flight had been served. */
  function learn(): void {
    if (spell === undefined) return;
    const waitedMs = resumedAt - spell.at;
    limit = estimateLimit({ ...spell.of, waitedMs, served }, limit);
    loweredAt = resumedAt;
    risesUntil = loweredAt + (limit.confidence === 'guess' ? guessRiseMs : riseMs);
    staysUntil = risesUntil + stayMs(limit, waitedMs);
    spell = undefined;
    servingFrom = resumedAt;
    served = 0;
    meter.restart();
  }

  return {
    rateAt(now) {
      if (now >= resumedAt) learn();
      return curveAt(now);
    },
    served(now) {
      servingFrom ??= now;
      served += 1;
      meter.served(now);
    },
    throttled(now, startedAt) {
      if (spell !== undefined || startedAt < loweredAt) return false;
      const servingMs = now - (servingFrom ?? now);
      const lastSecond = meter.inLast(secondMs, now);
      spell = {
        at: now,
        of: {
          triedPerSecond: curveAt(now),
          wasSteady: limit !== undefined && now < staysUntil && servingMs > tellingMs,
          servingMs,
          inLastSecond: servingMs < secondMs ? lastSecond.count : (lastSecond.count / lastSecond.ms) * 1_000,
          lately: meter.inLast(2_500, now),
        },
      };
      return true;
    },
    resumed(at) {
      resumedAt = at;
    },
  };
}

/** A guess is tried at once. */
function stayMs({ confidence, perSecond }: LimitEstimate, waitedMs: number): number {
  if (confidence === 'guess') return 0;
  const dueMs = confidence === 'found' ? waitedMs / waitShare : nearStayMs;
  return Math.min(longestStayMs, Math.max(nearStayMs, dueMs, (1_000 * stayRequests) / perSecond));
}
