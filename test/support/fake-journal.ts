import type { Clock, Journal } from '../../src/effects.ts';
import type { JournalEvent } from '../../src/journal/journal-event.ts';

/** A journal in memory whose disk the test controls. Every line is one byte long, so offsets count lines. */
export interface FakeJournal extends Journal {
  readonly events: JournalEvent[];
  /** How long a sync takes from now on; Infinity stalls the disk. */
  setSyncMs(ms: number): void;
  /** Ends the sync under way, however long it was to take. */
  finishSync(): void;
  /** Everything is on disk at once. */
  syncNow(): void;
  /** The disk refuses from now on. */
  fail(error: Error): void;
}

/** As src/io/journal-file.ts: lines wait so long for company unless somebody flushes. */
const batchDelayMs = 20;

export function createFakeJournal(clock: Clock, onDurable: (event: JournalEvent) => void): FakeJournal {
  const events: JournalEvent[] = [];
  const listeners: (() => void)[] = [];
  let durable = 0;
  let syncMs = 1;
  let sync: { readonly upTo: number; readonly since: number; readonly cancel: () => void } | undefined;
  let isFlushWanted = false;
  let cancelBatch: (() => void) | undefined;
  let failure: Error | undefined;

  function startSync(): void {
    cancelBatch?.();
    cancelBatch = undefined;
    if (sync !== undefined || failure !== undefined || durable === events.length) return;
    isFlushWanted = false;
    const cancel = Number.isFinite(syncMs) ? clock.after(syncMs, finishSync) : () => undefined;
    sync = { upTo: events.length, since: clock.now(), cancel };
  }

  function finishSync(): void {
    if (sync === undefined || failure !== undefined) return;
    sync.cancel();
    for (const event of events.slice(durable, sync.upTo)) onDurable(event);
    durable = sync.upTo;
    sync = undefined;
    if (isFlushWanted) startSync();
    else if (durable < events.length) cancelBatch ??= clock.after(batchDelayMs, startSync);
    for (const listener of listeners) listener();
  }

  return {
    events,
    append(event) {
      if (sync === undefined) cancelBatch ??= clock.after(batchDelayMs, startSync);
      return events.push(event) - 1;
    },
    flush() {
      if (failure !== undefined) return Promise.reject(failure);
      if (sync === undefined) startSync();
      else isFlushWanted = true;
      return Promise.resolve();
    },
    durableBytes: () => durable,
    syncAgeMs: (now) => (sync === undefined ? 0 : now - sync.since),
    onChange: (listener) => void listeners.push(listener),
    failure: () => failure,
    setSyncMs(ms) {
      syncMs = ms;
    },
    finishSync,
    syncNow() {
      startSync();
      finishSync();
    },
    fail(error) {
      failure = error;
      for (const listener of listeners) listener();
    },
  };
}
