import type { Clock } from '../effects.ts';
import { createSlots, type Slotted } from '../slots.ts';

/** One timer for all attempts, which all may take equally long. */
export interface Deadlines {
  /** Has it expire once `timeoutMs` have passed, unless cleared before. */
  set(deadline: Deadline): void;
  clear(deadline: Deadline): void;
  close(): void;
}

export interface Deadline extends Slotted {
  at: number;
  expire(): void;
}

export function createDeadlines(timeoutMs: number, clock: Clock): Deadlines {
  const pending = createSlots<Deadline>();
  let cancelTimer: (() => void) | undefined;

  function expireDue(): void {
    const now = clock.now();
    for (const deadline of pending.values().filter(({ at }) => at <= now)) {
      if (pending.delete(deadline)) deadline.expire();
    }
    cancelTimer?.();
    const nextAt = pending.values().reduce((earliest, { at }) => Math.min(earliest, at), Infinity);
    cancelTimer = Number.isFinite(nextAt) ? clock.after(nextAt - now + 1, expireDue) : undefined;
  }

  return {
    set(deadline) {
      deadline.at = clock.now() + timeoutMs;
      pending.add(deadline);
      cancelTimer ??= clock.after(timeoutMs, expireDue);
    },
    clear: (deadline) => void pending.delete(deadline),
    close() {
      cancelTimer?.();
      for (const deadline of [...pending.values()]) pending.delete(deadline);
    },
  };
}
