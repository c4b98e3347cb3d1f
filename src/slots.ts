/** What knows its place among others of its kind. */
export interface Slotted {
  slot: number;
}

/**
 * A set of what comes and goes with every request. A `Set` makes a new table every so often, and each dead one keeps the next
 * alive until the old generation is collected: at 20,000 requests a second that was a tenth of the time.
 */
export interface Slots<T extends Slotted> {
  add(value: T): void;
  /** Whether it was there. */
  delete(value: T): boolean;
  size(): number;
  /** In no order. */
  values(): readonly T[];
}

export function createSlots<T extends Slotted>(): Slots<T> {
  const taken: T[] = [];
  return {
    add(value) {
      value.slot = taken.push(value) - 1;
    },
    delete(value) {
      if (taken[value.slot] !== value) return false;
      const last = taken.pop() as T;
      if (last !== value) {
        last.slot = value.slot;
        taken[value.slot] = last;
      }
      return true;
    },
    size: () => taken.length,
    values: () => taken,
  };
}
