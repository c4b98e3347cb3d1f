/** NTP corrects less than this at once, and slews in hours what it does not. */
const worthSayingMs = 5_000;

/** Two readings of the clocks at one moment. */
export interface ClockReadings {
  readonly monotonicMs: number;
  readonly wallMs: number;
}

/** Watches how far the wall clock has moved against the monotonic one. */
export interface WallShiftWatch {
  /** By how much since it was last said, or since the beginning; undefined where that is not worth a word. Back is below 0. */
  moved(readings: ClockReadings): number | undefined;
}

export function createWallShiftWatch(first: ClockReadings): WallShiftWatch {
  let offset = first.wallMs - first.monotonicMs;
  return {
    moved({ monotonicMs, wallMs }) {
      const shift = wallMs - monotonicMs - offset;
      if (Math.abs(shift) < worthSayingMs) return undefined;
      offset += shift;
      return shift;
    },
  };
}
