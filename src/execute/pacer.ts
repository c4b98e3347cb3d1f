import type { Random } from '../effects.ts';
import { createAdaptation } from '../policy/adaptation.ts';
import { equalJitter, throttleBackoff } from '../policy/backoff.ts';
import { createRateCeiling } from '../policy/rate-ceiling.ts';
import type { Quota, StatedLimit } from '../policy/stated-limit.ts';
import { createStatedPace } from '../policy/stated-pace.ts';

/** When the next request of this process may start: the ceiling, what was learned of the server's limit, and holds. */
export interface Pacer {
  /** Until when everybody is held; in the past where nobody is. */
  heldUntil(): number;
  /** For how long everybody was held until `now`, in milliseconds. */
  heldMs(now: number): number;
  /** The earliest start, asked when nothing else keeps a request from starting. */
  nextStartAt(now: number): number;
  started(now: number): void;
  /** One of those that have started was written, or never will be; returns when this lets the next one start, else Infinity. */
  sent(now: number): number;
  /** Something else keeps requests from starting. */
  rest(): void;
  /** An answer that was not throttled. */
  served(now: number): void;
  /**
   * The API's answer to a request that started at `startedAt` said this of the server's limit, or nothing; returns a quota
   * that is kept to from now on.
   */
  told(limit: StatedLimit | undefined, startedAt: number, now: number): Quota | undefined;
  /** A throttled answer to a request that started at `startedAt`; returns until when everybody is held. */
  throttled(now: number, startedAt: number, retryAfterMs: number | undefined): number;
}

/** Some servers cut what is less than a second down to 0: a shorter wait than this says nothing of theirs. */
const tellingWaitMs = 100;

/** `sharers`: so many processes share what the server states of its limit. */
export function createPacer(ceilingPerSecond: number, random: Random, sharers = 1): Pacer {
  const ceiling = createRateCeiling(ceilingPerSecond);
  const adaptation = createAdaptation(ceilingPerSecond);
  const stated = createStatedPace(sharers);
  let rate = ceilingPerSecond;
  let holdUntil = Number.NEGATIVE_INFINITY;
  let plannedMs = 0;
  let spells = 0;

  function adapt(now: number): void {
    const next = Math.min(adaptation.rateAt(now), stated.perSecond());
    if (next === rate) return;
    rate = next;
    ceiling.slowTo(rate);
  }

  function hold(until: number, now: number): void {
    if (until <= holdUntil) return;
    plannedMs += Math.max(0, until - Math.max(holdUntil, now));
    holdUntil = until;
  }

  /** What is asked for counts; but "now" only once, unless something has got through since. */
  function ownWaitMs(askedMs: number | undefined): number {
    if (askedMs !== undefined && askedMs >= tellingWaitMs) return 0;
    const failures = askedMs === undefined ? Math.max(1, spells) : spells - 1;
    return failures > 0 ? equalJitter(throttleBackoff, failures, random()) : 0;
  }

  return {
    heldUntil: () => Math.max(holdUntil, stated.roomAt()),
    heldMs: (now) => plannedMs - Math.max(0, holdUntil - now),
    nextStartAt(now) {
      adapt(now);
      return Math.max(holdUntil, ceiling.nextStartAt(now));
    },
    started(now) {
      ceiling.started(now);
      stated.started(now);
    },
    sent: ceiling.sent,
    rest: ceiling.rest,
    served(now) {
      spells = 0;
      adaptation.served(now);
    },
    told(limit, startedAt, now) {
      const quota = stated.told(limit, startedAt, now);
      hold(stated.usedUpUntil(), now);
      return quota;
    },
    throttled(now, startedAt, retryAfterMs) {
      if (adaptation.throttled(now, startedAt)) spells += 1;
      const waitMs = Math.max(retryAfterMs ?? 0, ownWaitMs(retryAfterMs));
      hold(now + waitMs, now);
      adaptation.resumed(holdUntil);
      return holdUntil;
    },
  };
}
