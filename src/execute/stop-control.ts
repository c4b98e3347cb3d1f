import type { Clock } from '../effects.ts';
import type { StopReason } from '../plan/outcome.ts';

/** Why and how a session stops before its end. */
export interface Stop {
  readonly reason: StopReason;
  /** One sentence for people. */
  readonly message: string;
}

/** One place that knows whether the session still goes on. The first reason to stop counts; a later one may only hurry. */
export interface StopControl {
  /** Nothing starts any more; what is in flight is cut after `graceMs`. */
  request(stop: Stop, graceMs: number): void;
  stopped(): Stop | undefined;
  /** When what is in flight is cut; Infinity while the session goes on. */
  cutAt(): number;
}

export function createStopControl(clock: Clock, onStop: (stop: Stop) => void): StopControl {
  let stopped: Stop | undefined;
  let cutAt = Number.POSITIVE_INFINITY;
  return {
    request(stop, graceMs) {
      cutAt = Math.min(cutAt, clock.now() + graceMs);
      if (stopped !== undefined) return;
      stopped = stop;
      onStop(stop);
    },
    stopped: () => stopped,
    cutAt: () => cutAt,
  };
}
