import type { Clock } from '../effects.ts';

/** One timer for all attempts: they all may take equally long, so they come due in the order they began. */
export interface Deadlines {
  /** Calls back once `timeoutMs` have passed, unless cleared before. */
  set(expire: () => void): Deadline;
  clear(deadline: Deadline): void;
  close(): void;
}

export interface Deadline {
  readonly at: number;
  readonly expire: () => void;
}

export function createDeadlines(timeoutMs: number, clock: Clock): Deadlines {
  const pending = new Set<Deadline>();
  let cancelTimer: (() => void) | undefined;

  function expireDue(): void {
    cancelTimer = undefined;
    const now = clock.now();
    for (const deadline of pending) {
      if (deadline.at > now) {
        cancelTimer ??= clock.after(deadline.at - now + 1, expireDue);
        return;
      }
      pending.delete(deadline);
      deadline.expire();
    }
  }

  return {
    set(expire) {
      const deadline = { at: clock.now() + timeoutMs, expire };
      pending.add(deadline);
      cancelTimer ??= clock.after(timeoutMs, expireDue);
      return deadline;
    },
    clear: (deadline) => void pending.delete(deadline),
    close() {
      cancelTimer?.();
      pending.clear();
    },
  };
}
