import { fdatasyncSync, writeSync } from 'node:fs';
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
  /** Hands everything to the disk before it returns; for the way out of a process that may not wait. */
  flushNow(): void;
  close(): Promise<void>;
}

/** Lines wait at most so long for company before they are handed to the disk. */
const batchDelayMs = 20;

/**
 * Opens the journal at `path` to go on behind its first `size` bytes; what lies beyond (a torn last line) is cut off.
 * Group commit: one write and one fdatasync at a time; whatever comes in the meantime is the next batch.
 */
export async function openJournal(path: string, size: number, clock: Clock): Promise<JournalFile> {
  const file = await opening(path, size);
  const listeners: (() => void)[] = [];
  let waiting: {
    readonly upTo: number;
    readonly resolve: () => void;
    readonly reject: (e: Error) => void;
  }[] = [];
  let pending = '';
  let end = size;
  let durable = size;
  let batch: { readonly bytes: Buffer; readonly at: number; readonly since: number } | undefined;
  let failure: FatalError | undefined;
  let cancelTimer: (() => void) | undefined;

  function startBatch(): void {
    cancelTimer?.();
    cancelTimer = undefined;
    if (batch !== undefined || failure !== undefined || pending === '') return;
    batch = { bytes: Buffer.from(pending), at: durable, since: clock.now() };
    pending = '';
    writeBatch(file, batch.bytes, batch.at).then(finishBatch, fail);
  }

  function finishBatch(): void {
    if (batch === undefined) return;
    durable = batch.at + batch.bytes.length;
    batch = undefined;
    const reached = waiting.filter(({ upTo }) => upTo <= durable);
    waiting = waiting.filter(({ upTo }) => upTo > durable);
    for (const { resolve } of reached) resolve();
    if (waiting.length > 0) startBatch();
    else if (pending !== '') schedule();
    for (const listener of listeners) listener();
  }

  function fail(error: Error): void {
    if (failure !== undefined) return;
    failure = new FatalError('defect', `the journal ${path} cannot be written: ${error.message}`);
    const rejected = waiting;
    waiting = [];
    for (const { reject } of rejected) reject(failure);
    for (const listener of listeners) listener();
  }

  function schedule(): void {
    if (batch === undefined) cancelTimer ??= clock.after(batchDelayMs, startBatch);
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
      startBatch();
      return flushed;
    },
    durableBytes: () => durable,
    syncAgeMs: () => (batch === undefined ? 0 : clock.now() - batch.since),
    onChange: (listener) => void listeners.push(listener),
    failure: () => failure,
    async identity() {
      const { dev, ino } = await file.stat({ bigint: true });
      return `${dev}:${ino}`;
    },
    flushNow() {
      const inFlight = batch?.bytes ?? Buffer.alloc(0);
      // What is being written right now is written once more, at the same place: the other write may never end.
      const rest = Buffer.concat([inFlight, Buffer.from(pending)]);
      pending = '';
      for (let written = 0; written < rest.length; ) {
        written += writeSync(file.fd, rest, written, rest.length - written, durable + written);
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
    const file = await open(path, size === 0 ? 'wx' : 'r+', 0o640);
    if (size > 0) await file.truncate(size);
    return file;
  } catch (error) {
    throw new FatalError('defect', `the journal ${path} cannot be opened: ${(error as Error).message}`);
  }
}

async function writeBatch(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, written, bytes.length - written, position + written);
    written += bytesWritten;
  }
  await file.datasync();
}
