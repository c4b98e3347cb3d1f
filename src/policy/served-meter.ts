/** How many requests were served lately. */
export interface ServedMeter {
  served(now: number): void;
  /** How many in the last `ms`, at most 3,000, and in how many milliseconds exactly. */
  inLast(ms: number, now: number): { readonly count: number; readonly ms: number };
  /** Forgets all. */
  restart(): void;
}

const sliceMs = 50;
const slices = 64;

/** A ring of counts, each of a slice of 50 ms. */
export function createServedMeter(): ServedMeter {
  const counts = new Uint32Array(slices);
  let newest = 0;

  function turnTo(now: number): void {
    const slice = Math.floor(now / sliceMs);
    if (slice - newest >= slices) {
      counts.fill(0);
      newest = slice;
    }
    for (; newest < slice; newest += 1) counts[(newest + 1) % slices] = 0;
  }

  return {
    served(now) {
      turnTo(now);
      const at = newest % slices;
      counts[at] = (counts[at] as number) + 1;
    },
    inLast(ms, now) {
      turnTo(now);
      const whole = Math.round(ms / sliceMs);
      let count = 0;
      for (let slice = newest - whole; slice <= newest; slice += 1) {
        count += slice < 0 ? 0 : (counts[slice % slices] as number);
      }
      return { count, ms: whole * sliceMs + now - newest * sliceMs };
    },
    restart() {
      counts.fill(0);
    },
  };
}
