import type { Random } from '../effects.ts';
import { createAdaptation } from '../policy/adaptation.ts';
import { equalJitter, throttleBackoff } from '../policy/backoff.ts';
import { createRateCeiling } from '../policy/rate-ceiling.ts';

/** When the next request of this process may start: the ceiling, what was learned of the server's limit, and holds. */
export interface Pacer {
  /** Until when everybody is held; in the past where nobody is. */
  heldUntil(): number;
  /** The earliest start, asked when nothing else keeps a request from starting. */
  nextStartAt(now: number): number;
  started(now: number): void;
  /** One of those that have started was written, or never will be; returns when this lets the next one start, else Infinity. */
  sent(now: number): number;
  /** Something else keeps requests from starting. */
  rest(): void;
  /** An answer that was not throttled. */
  served(now: number): void;
  /** A throttled answer to a request that started at `startedAt`; returns until when everybody is held. */
  throttled(now: number, startedAt: number, retryAfterMs: number | undefined): number;
}

export function createPacer(ceilingPerSecond: number, random: Random): Pacer {
  const ceiling = createRateCeiling(ceilingPerSecond);
  const adaptation = createAdaptation(ceilingPerSecond);
  let rate = ceilingPerSecond;
  let holdUntil = Number.NEGATIVE_INFINITY;
  let spells = 0;

  function followAdaptation(now: number): void {
    const adapted = adaptation.rateAt(now);
    if (adapted === rate) return;
    rate = adapted;
    ceiling.slowTo(rate);
  }

  return {
    heldUntil: () => holdUntil,
    nextStartAt(now) {
      followAdaptation(now);
      return Math.max(holdUntil, ceiling.nextStartAt(now));
    },
    started: ceiling.started,
    sent: ceiling.sent,
    rest: ceiling.rest,
    served(now) {
      spells = 0;
      adaptation.served(now);
    },
    throttled(now, startedAt, retryAfterMs) {
      if (adaptation.throttled(now, startedAt)) spells += 1;
      const waitMs = retryAfterMs ?? equalJitter(throttleBackoff, Math.max(1, spells), random());
      holdUntil = Math.max(holdUntil, now + waitMs);
      adaptation.resumed(holdUntil);
      return holdUntil;
    },
  };
}
