/** What tells how far the watermark may run ahead. */
export interface StartMeter {
  started(now: number): void;
  /** One of those that have started was written, or never will be. */
  sent(): void;
  /** How many requests start in 50 ms just now. */
  recent(now: number): number;
  /** How many have started and wait to be written: as yet none of them was sent. */
  unwritten(): number;
}

const spanMs = 50;

export function createStartMeter(): StartMeter {
  let spanFrom = Number.NEGATIVE_INFINITY;
  let count = 0;
  let countBefore = 0;
  let unwritten = 0;

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
      unwritten += 1;
    },
    sent() {
      unwritten -= 1;
    },
    recent(now) {
      turn(now);
      return Math.max(count, countBefore);
    },
    unwritten: () => unwritten,
  };
}
