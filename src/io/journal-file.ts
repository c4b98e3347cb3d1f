import { fdatasyncSync, fstatSync, writeSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { Clock, Journal } from '../effects.ts';
import { FatalError } from '../exit-code.ts';
import { renderJournalLine } from '../journal/journal-line.ts';

/** The journal's name in a run folder. */
export const journalName = 'journal.ndjson';

/** A journal that is open for writing. */
export interface JournalFile extends Journal {
  /** Device and inode of the open file: what lies at its path may have become another one. */
  identity(): Promise<string>;
  /** Nothing is written any more, for this reason: whoever waits for the disk hears of it. */
  abandon(because: Error): void;
  /** Hands everything to the disk before it returns; for the way out of a process that may not wait. */
  flushNow(): void;
  close(): Promise<void>;
}

/** Lines wait at most so long for company before they are handed to the disk. */
const batchDelayMs = 20;

/** While nothing may be written, that is asked again so often. */
const lookAgainMs = 500;

/** What a journal asks of the lock on its folder. */
export interface JournalGuard {
  /** While it says no, nothing is written. */
  mayWrite(): boolean;
  /** The file has no name any more; rejects with what became of it. */
  whyGone(): Promise<void>;
}

const unguarded: JournalGuard = { mayWrite: () => true, whyGone: async () => undefined };

/**
 * Opens the journal at `path`, made anew where `size` is 0, to go on behind its `size` bytes.
 * Group commit: one write and one fdatasync at a time, each of all that has come since the one before. A write does not
 * wait for the sync: what is written outlives this process, if not the machine. A line is only taken for durable while the
 * file still has its name: whoever goes on with the run puts another in its place, and does not read this one any more.
 */
export async function openJournal(
  path: string,
  size: number,
  clock: Clock,
  { mayWrite, whyGone }: JournalGuard = unguarded,
): Promise<JournalFile> {
  const file = await opening(path, size);
  // Some file systems do not count names.
  const countsNames = (await file.stat()).nlink > 0;
  const listeners: (() => void)[] = [];
  let waiting: {
    readonly upTo: number;
    readonly resolve: () => void;
    readonly reject: (e: Error) => void;
  }[] = [];
  let pending = '';
  let end = size;
  let written = size;
  let durable = size;
  let writing: { readonly bytes: Buffer; readonly since: number } | undefined;
  let syncing: { readonly upTo: number; readonly since: number } | undefined;
  let failure: Error | undefined;
  let cancelTimer: (() => void) | undefined;

  function startWrite(): void {
    cancelTimer?.();
    cancelTimer = undefined;
    if (writing !== undefined || failure !== undefined || pending === '') return;
    if (!mayWrite()) {
      cancelTimer = clock.after(lookAgainMs, startWrite);
      return;
    }
    writing = { bytes: Buffer.from(pending), since: clock.now() };
    pending = '';
    writeAll(file, writing.bytes, written).then(finishWrite, fail);
  }

  function finishWrite(): void {
    written += writing?.bytes.length ?? 0;
    writing = undefined;
    startSync();
    // Whoever waits may have come while this was being written, or may wait for its sync alone.
    if ((waiting.at(-1)?.upTo ?? 0) > written) startWrite();
    else schedule();
  }

  function startSync(): void {
    if (syncing !== undefined || failure !== undefined || durable === written) return;
    syncing = { upTo: written, since: clock.now() };
    syncNamed().then(finishSync, fail);
  }

  async function syncNamed(): Promise<void> {
    await file.datasync();
    // Not through the thread pool: its wake-ups cost more than this look at what the kernel has just been asked about.
    if (!countsNames || fstatSync(file.fd).nlink > 0) return;
    await whyGone();
    throw new Error('it has been removed');
  }

  function finishSync(): void {
    durable = syncing?.upTo ?? durable;
    syncing = undefined;
    const reached = waiting.filter(({ upTo }) => upTo <= durable);
    waiting = waiting.filter(({ upTo }) => upTo > durable);
    for (const { resolve } of reached) resolve();
    startSync();
    for (const listener of listeners) listener();
  }

  function fail(error: Error): void {
    const because = `the journal ${path} cannot be written: ${error.message}`;
    abandon(error instanceof FatalError ? error : new FatalError('defect', because));
  }

  function abandon(because: Error): void {
    if (failure !== undefined) return;
    failure = because;
    cancelTimer?.();
    const rejected = waiting;
    waiting = [];
    for (const { reject } of rejected) reject(because);
    for (const listener of listeners) listener();
  }

  function schedule(): void {
    if (writing === undefined && pending !== '') cancelTimer ??= clock.after(batchDelayMs, startWrite);
  }

  return {
    append(event) {
      const offset = end;
      const line = renderJournalLine(event);
      pending += line;
      end += Buffer.byteLength(line);
      schedule();
      return offset;
    },
    flush() {
      if (failure !== undefined) return Promise.reject(failure);
      if (durable === end) return Promise.resolve();
      const flushed = new Promise<void>((resolve, reject) => waiting.push({ upTo: end, resolve, reject }));
      startWrite();
      return flushed;
    },
    durableBytes: () => durable,
    syncAgeMs: (now) => now - Math.min(writing?.since ?? now, syncing?.since ?? now),
    onChange: (listener) => void listeners.push(listener),
    failure: () => failure,
    abandon,
    async identity() {
      const { dev, ino } = await file.stat({ bigint: true });
      return `${dev}:${ino}`;
    },
    flushNow() {
      if (!mayWrite()) return;
      // What is being written right now is written once more, at the same place: the other write may never end.
      const rest = Buffer.concat([writing?.bytes ?? Buffer.alloc(0), Buffer.from(pending)]);
      pending = '';
      for (let done = 0; done < rest.length; ) {
        done += writeSync(file.fd, rest, done, rest.length - done, written + done);
      }
      fdatasyncSync(file.fd);
    },
    async close() {
      cancelTimer?.();
      await file.close();
    },
  };
}

async function opening(path: string, size: number): Promise<FileHandle> {
  try {
    return await open(path, size === 0 ? 'wx' : 'r+', 0o640);
  } catch (error) {
    throw new FatalError('defect', `the journal ${path} cannot be opened: ${(error as Error).message}`);
  }
}

async function writeAll(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, written, bytes.length - written, position + written);
    written += bytesWritten;
  }
}
