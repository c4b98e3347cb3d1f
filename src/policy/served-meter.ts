/** How many requests a second were served just now. */
export interface ServedMeter {
  served(now: number): void;
  /** Over the last one to two seconds of service; a longer pause counts as none. */
  perSecond(now: number): number;
  restart(now: number): void;
}

const sliceMs = 1_000;

/** Counts in slices of a second and looks at the last two. */
export function createServedMeter(): ServedMeter {
  let from = 0;
  let count = 0;
  let countBefore = 0;
  let beforeMs = 0;

  function restart(now: number): void {
    from = now;
    count = 0;
    countBefore = 0;
    beforeMs = 0;
  }

  return {
    restart,
    served(now) {
      if (now >= from + 2 * sliceMs) restart(now);
      if (now >= from + sliceMs) {
        countBefore = count;
        beforeMs = now - from;
        from = now;
        count = 0;
      }
      count += 1;
    },
    perSecond: (now) => ((countBefore + count) / Math.max(50, beforeMs + now - from)) * 1_000,
  };
}
