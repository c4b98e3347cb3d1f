/** How many requests start in 50 ms just now: so far the watermark may run ahead. */
export interface StartMeter {
  started(now: number): void;
  recent(now: number): number;
}

const spanMs = 50;

export function createStartMeter(): StartMeter {
  let spanFrom = Number.NEGATIVE_INFINITY;
  let count = 0;
  let countBefore = 0;

  function turn(now: number): void {
    if (now < spanFrom + spanMs) return;
    countBefore = now < spanFrom + 2 * spanMs ? count : 0;
    count = 0;
    spanFrom = now;
  }

  return {
    started(now) {
      turn(now);
      count += 1;
    },
    recent(now) {
      turn(now);
      return Math.max(count, countBefore);
    },
  };
}
