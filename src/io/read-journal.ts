import { open } from 'node:fs/promises';
import { FatalError } from '../exit-code.ts';
import type { JournalEvent } from '../journal/journal-event.ts';
import { parseJournalLine } from '../journal/journal-line.ts';
import { readFlags } from './read-flags.ts';

/** What a journal was read to. */
export interface JournalExtent {
  /** Up to the end of the last whole line. */
  readonly bytes: number;
  /** Bytes of a torn last line behind it: a write that a kill cut off. */
  readonly tornBytes: number;
}

/** Returns why the event cannot be trusted, if so. `offset` is where its line begins. */
export type TakeEvent = (event: JournalEvent, offset: number) => string | undefined;

const newline = 0x0a;
const readBytes = 256 * 1024;

/**
 * Reads a journal as a stream, line by line. Rejects with a FatalError (mismatch) that names the line where it cannot
 * be trusted: a journal is never half-read.
 */
export async function readJournal(path: string, take: TakeEvent): Promise<JournalExtent> {
  let offset = 0;
  let lineNumber = 0;

  function takeLine(line: Buffer): void {
    lineNumber += 1;
    const problem = problemOf(line, take, offset);
    if (problem !== undefined) {
      throw new FatalError(
        'mismatch',
        `the journal ${path} cannot be trusted: line ${lineNumber} ${problem}; nothing was sent. Restore it, or begin a new run elsewhere (another --out, or --fresh without one).`,
      );
    }
    offset += line.length + 1;
  }

  /** Takes the whole lines at the beginning; returns how many bytes they are. */
  function takeLines(bytes: Buffer): number {
    let from = 0;
    for (let to = bytes.indexOf(newline, from); to >= 0; to = bytes.indexOf(newline, from)) {
      takeLine(bytes.subarray(from, to));
      from = to + 1;
    }
    return from;
  }

  // One buffer for the whole file: a new one for each read is only given back at the next collection.
  let buffer = Buffer.allocUnsafe(readBytes);
  let kept = 0;
  const file = await open(path, readFlags);
  try {
    for (;;) {
      if (kept === buffer.length) buffer = Buffer.concat([buffer], 2 * buffer.length);
      const { bytesRead } = await file.read(buffer, kept, buffer.length - kept);
      if (bytesRead === 0) return { bytes: offset, tornBytes: kept };
      const whole = takeLines(buffer.subarray(0, kept + bytesRead));
      buffer.copyWithin(0, whole, kept + bytesRead);
      kept += bytesRead - whole;
    }
  } finally {
    await file.close();
  }
}

/**
 * Of a journal that begins no run. A torn first line is what a kill leaves; whole lines are somebody's memory, of a newer
 * version perhaps, and must not be thrown away: rejects with a FatalError (mismatch). Fine where there is no such file;
 * one that may not be read is a FatalError, too (defect).
 */
export async function refuseUnreadableJournal(path: string): Promise<void> {
  try {
    await readJournal(path, () => 'does not begin a run');
  } catch (error) {
    if (error instanceof FatalError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR')
      throw new FatalError('defect', `the journal ${path} cannot be read: ${message}`);
  }
}

function problemOf(line: Buffer, take: TakeEvent, offset: number): string | undefined {
  const parsed = parseJournalLine(line.toString());
  return parsed.kind === 'problem' ? parsed.problem : take(parsed.event, offset);
}
