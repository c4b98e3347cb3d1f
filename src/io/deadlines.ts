import { performance } from 'node:perf_hooks';

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

export function createDeadlines(timeoutMs: number): Deadlines {
  const pending = new Set<Deadline>();
  let timer: NodeJS.Timeout | undefined;

  function expireDue(): void {
    timer = undefined;
    const now = performance.now();
    for (const deadline of pending) {
      if (deadline.at > now) {
        timer = setTimeout(expireDue, deadline.at - now + 1);
        return;
      }
      pending.delete(deadline);
      deadline.expire();
    }
  }

  return {
    set(expire) {
      const deadline = { at: performance.now() + timeoutMs, expire };
      pending.add(deadline);
      timer ??= setTimeout(expireDue, timeoutMs);
      return deadline;
    },
    clear: (deadline) => void pending.delete(deadline),
    close() {
      clearTimeout(timer);
      pending.clear();
    },
  };
}
