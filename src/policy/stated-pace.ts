import { longestWindowMs, type Quota, type StatedLimit } from './stated-limit.ts';

/** Keeps within the limit that a server states. */
export interface StatedPace {
  /** Takes in what the answer to a request said that started at `startedAt`. Returns a quota that it had not said before. */
  told(limit: StatedLimit, startedAt: number, now: number): Quota | undefined;
  /** Until when nothing is left, as far as was said. */
  usedUpUntil(): number;
  /** Requests a second; Infinity where nothing was stated. */
  perSecond(): number;
  /** The earliest start that leaves a whole window within the quota. */
  roomAt(): number;
  started(now: number): void;
}

/** Below what is stated: a server's clock and ours do not agree on where a window begins. */
const share = 0.98;
/** Like the ceiling's own second: what the way to the server may squeeze together. */
const squeezeMs = 5;
/** Larger quotas are kept by the even pace alone. */
const largestRing = 10_000;
/** A quota that is used up again after less than this share of it was served is not meant as it reads. */
const credibleShare = 0.5;

export function createStatedPace(): StatedPace {
  let quota: Quota | undefined;
  let longestResetMs = 0;
  let startedInAll = 0;
  let usedUpUntil = Number.NEGATIVE_INFINITY;
  let answeredSince = Number.POSITIVE_INFINITY;
  let isCredible = true;
  /** When the last ones started, the oldest of them at `oldest`. */
  let starts = new Float64Array(0);
  let oldest = 0;

  function quotaOf({ quota: said, untilReset }: StatedLimit): Quota | undefined {
    if (said !== undefined || untilReset === undefined) return said;
    // The longest time until a reset is about the window's own length; it is told in whole seconds.
    longestResetMs = Math.max(longestResetMs, Math.ceil(untilReset.resetMs / 1_000) * 1_000);
    if (longestResetMs === 0 || longestResetMs > longestWindowMs) return undefined;
    return { requests: untilReset.requests, windowMs: longestResetMs };
  }

  /** Of what was sent before anything was said, all counts as if it were sent now. */
  function adopt(next: Quota, now: number): void {
    const isFirst = quota === undefined;
    quota = next;
    starts = new Float64Array(next.requests <= largestRing ? next.requests : 0);
    starts.fill(Number.NEGATIVE_INFINITY);
    oldest = 0;
    if (isFirst) starts.fill(now, Math.max(0, starts.length - startedInAll));
  }

  function noteUsedUp(startedAt: number, until: number): void {
    if (quota === undefined || !isCredible) return;
    if (startedAt >= usedUpUntil) {
      isCredible = answeredSince >= credibleShare * quota.requests;
      answeredSince = 0;
    }
    if (isCredible) usedUpUntil = Math.max(usedUpUntil, until);
  }

  return {
    told(limit, startedAt, now) {
      const next = quotaOf(limit);
      const isNew =
        next !== undefined && (next.requests !== quota?.requests || next.windowMs !== quota.windowMs);
      if (isNew) adopt(next, now);
      if (startedAt >= usedUpUntil) answeredSince += 1;
      if (limit.usedUpMs > 0 && limit.usedUpMs <= longestWindowMs)
        noteUsedUp(startedAt, now + limit.usedUpMs);
      return isNew ? next : undefined;
    },
    usedUpUntil: () => usedUpUntil,
    perSecond: () =>
      quota === undefined ? Number.POSITIVE_INFINITY : (share * quota.requests * 1_000) / quota.windowMs,
    roomAt() {
      if (starts.length === 0 || quota === undefined) return Number.NEGATIVE_INFINITY;
      return (starts[oldest] as number) + quota.windowMs + squeezeMs;
    },
    started(now) {
      startedInAll += 1;
      if (starts.length === 0) return;
      starts[oldest] = now;
      oldest = (oldest + 1) % starts.length;
    },
  };
}
