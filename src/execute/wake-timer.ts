import type { Clock } from '../effects.ts';

/** One timer for everything a session waits for. */
export interface WakeTimer {
  /** Wakes at `at` or before: an earlier wake is harmless, so a timer that comes sooner is left alone. */
  wakeBy(at: number): void;
  cancel(): void;
}

/** Node's timers take no more (2^31 - 1 ms). */
const longestDelayMs = 2_147_483_647;

export function createWakeTimer(clock: Clock, wake: () => void): WakeTimer {
  let wakeAt = Number.POSITIVE_INFINITY;
  let cancel = (): void => undefined;
  return {
    wakeBy(at) {
      if (at >= wakeAt) return;
      cancel();
      wakeAt = at;
      cancel = clock.after(Math.min(longestDelayMs, Math.max(0, at - clock.now())), () => {
        wakeAt = Number.POSITIVE_INFINITY;
        wake();
      });
    },
    cancel() {
      cancel();
      wakeAt = Number.POSITIVE_INFINITY;
    },
  };
}
