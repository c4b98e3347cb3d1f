/** What waits for its time: a binary heap by due time; equals leave in the order they came. */
export interface RetryQueue<T> {
  add(value: T, dueAt: number): void;
  /** Takes the first one whose time has come; undefined where there is none. */
  takeDue(now: number): T | undefined;
  /** Takes the first one, whether its time has come or not. */
  takeFirst(): T | undefined;
  /** Infinity where nothing waits. */
  nextDueAt(): number;
  size(): number;
  values(): readonly T[];
}

interface Entry<T> {
  readonly value: T;
  readonly dueAt: number;
  readonly order: number;
}

export function createRetryQueue<T>(): RetryQueue<T> {
  const heap: Entry<T>[] = [];
  let order = 0;

  function isBefore(a: Entry<T>, b: Entry<T>): boolean {
    return a.dueAt < b.dueAt || (a.dueAt === b.dueAt && a.order < b.order);
  }

  function rise(entry: Entry<T>): void {
    let hole = heap.push(entry) - 1;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      const above = heap[parent] as Entry<T>;
      if (!isBefore(entry, above)) break;
      heap[hole] = above;
      hole = parent;
    }
    heap[hole] = entry;
  }

  function sink(entry: Entry<T>): void {
    let hole = 0;
    for (let child = 1; child < heap.length; child = 2 * hole + 1) {
      const right = heap[child + 1];
      const least = right !== undefined && isBefore(right, heap[child] as Entry<T>) ? child + 1 : child;
      if (!isBefore(heap[least] as Entry<T>, entry)) break;
      heap[hole] = heap[least] as Entry<T>;
      hole = least;
    }
    heap[hole] = entry;
  }

  function takeFirst(): T | undefined {
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined) return undefined;
    if (heap.length > 0) sink(last);
    return first.value;
  }

  return {
    add(value, dueAt) {
      order += 1;
      rise({ value, dueAt, order });
    },
    takeDue: (now) => ((heap[0]?.dueAt ?? Number.POSITIVE_INFINITY) <= now ? takeFirst() : undefined),
    takeFirst,
    nextDueAt: () => heap[0]?.dueAt ?? Number.POSITIVE_INFINITY,
    size: () => heap.length,
    values: () => heap.map(({ value }) => value),
  };
}
