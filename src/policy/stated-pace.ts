import { longestWindowMs, type Quota, type StatedLimit } from './stated-limit.ts';

/** Keeps within the limit that a server states, as long as it states it. */
export interface StatedPace {
  /**
   * Takes in what the API's answer to a request said that started at `startedAt`; undefined where it said nothing of a limit.
   * Returns a quota that is kept to from now on.
   */
  told(limit: StatedLimit | undefined, startedAt: number, now: number): Quota | undefined;
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
const startsKept = 1_024;
/** The first answer is believed; after it so many in a row that say something else, or nothing. */
const answersToChange = 3;
/** A limit that is used up again before so much of it was served is not meant as it reads. */
const credibleShare = 0.1;

/** `sharers`: so many processes share what is stated. */
export function createStatedPace(sharers = 1): StatedPace {
  const windows = createWindows();
  let quota: Quota | undefined;
  let isAnswered = false;
  let others = 0;
  let usedUpUntil = Number.NEGATIVE_INFINITY;
  let answeredSince = Number.POSITIVE_INFINITY;
  let isCredible = true;
  const starts = new Float64Array(startsKept).fill(Number.NEGATIVE_INFINITY);
  let startedInAll = 0;

  function quotaOf({ quota: said, untilReset }: StatedLimit, now: number): Quota | undefined {
    if (said !== undefined || untilReset === undefined) return said;
    const windowMs = windows.told(untilReset.requests, untilReset.resetMs, now);
    return windowMs === undefined ? undefined : { requests: untilReset.requests, windowMs };
  }

  /** A stray answer changes nothing: it may be of another limit, or of somebody's in between. */
  function adopt(next: Quota | undefined): Quota | undefined {
    if (next?.requests === quota?.requests && next?.windowMs === quota?.windowMs) {
      others = 0;
      return undefined;
    }
    others += 1;
    if (isAnswered && others < answersToChange) return undefined;
    others = 0;
    quota = next;
    return next;
  }

  function noteUsedUp(startedAt: number, until: number): void {
    if (!isCredible) return;
    if (startedAt >= usedUpUntil) {
      isCredible = answeredSince > credibleShare * (quota?.requests ?? 0);
      answeredSince = 0;
    }
    if (isCredible) usedUpUntil = Math.max(usedUpUntil, until);
  }

  return {
    told(limit, startedAt, now) {
      const adopted = adopt(limit === undefined ? undefined : quotaOf(limit, now));
      isAnswered = true;
      if (limit === undefined) return adopted;
      const { usedUpMs } = limit;
      if (usedUpMs > 0 && usedUpMs <= longestWindowMs) noteUsedUp(startedAt, now + usedUpMs);
      if (startedAt >= usedUpUntil) answeredSince += 1;
      return adopted;
    },
    usedUpUntil: () => usedUpUntil,
    perSecond: () =>
      quota === undefined
        ? Number.POSITIVE_INFINITY
        : (share * quota.requests * 1_000) / quota.windowMs / sharers,
    roomAt() {
      if (quota === undefined) return Number.NEGATIVE_INFINITY;
      const most = Math.max(1, Math.floor(quota.requests / sharers));
      if (most > Math.min(startsKept, startedInAll)) return Number.NEGATIVE_INFINITY;
      return (starts[(startedInAll - most) % startsKept] as number) + quota.windowMs + squeezeMs;
    },
    started(now) {
      starts[startedInAll % startsKept] = now;
      startedInAll += 1;
    },
  };
}

/** So many limits are told apart; what names more means something else by them. */
const mostLimits = 16;

/**
 * How long windows are that are only known by when they end: the longest time until a reset, of those lately. It is told in
 * whole seconds, so a window is no shorter than one. Each limit has its own.
 */
function createWindows() {
  const longest = new Map<number, { ms: number; at: number; since: number }>();
  return {
    told(requests: number, resetMs: number, now: number): number | undefined {
      const ms = Math.ceil(resetMs / 1_000) * 1_000;
      if (ms <= 0 || ms > longestWindowMs) return undefined;
      const known = longest.get(requests);
      if (known === undefined) {
        if (longest.size >= mostLimits) longest.clear();
        longest.set(requests, { ms, at: now, since: 0 });
        return ms;
      }
      if (ms >= known.ms) Object.assign(known, { ms, at: now, since: 0 });
      else known.since = Math.max(known.since, ms);
      // In two windows' time the longest comes again, if it was no slip.
      if (now - known.at > 2 * known.ms) Object.assign(known, { ms: known.since, at: now, since: 0 });
      return known.ms;
    },
  };
}
