import { join, resolve } from 'node:path';
import type { Clock } from '../effects.ts';
import { FatalError } from '../exit-code.ts';
import type { JournalEvent, RunCreated } from '../journal/journal-event.ts';
import { describeMismatch, identityOf } from '../journal/run-identity.ts';
import { createRunMemory, type RunMemory } from '../journal/run-memory.ts';
import type { RecordTable } from '../plan/record-kind.ts';
import { beginRun } from './begin-run.ts';
import { digestOf } from './file-digest.ts';
import { readRunCreated } from './find-run-folder.ts';
import { type KeptFolder, keepFolder } from './folder-hold.ts';
import { inputCopyName } from './input-copy.ts';
import { type JournalFile, journalName, openJournal } from './journal-file.ts';
import { leaveOldJournal } from './leave-old-journal.ts';
import { acquireLock, type LockFile } from './lock-file.ts';
import { makeFolders, removeEmptyFolders } from './make-folders.ts';
import { readJournal } from './read-journal.ts';
import { diskFileSystem } from './report-file-system.ts';
import { removeLeftovers } from './staged-file.ts';

/** A run folder that this process holds: nobody else works in it until it is closed. */
export interface RunFolder {
  readonly path: string;
  readonly memory: RunMemory;
  readonly journal: JournalFile;
  readonly hold: KeptFolder;
  /** Bytes of a torn last line that were cut off the journal. */
  readonly tornBytes: number;
  /** Writes an event and takes it in; returns its offset. */
  record(event: JournalEvent): number;
  close(): Promise<void>;
}

export interface FolderOpening {
  readonly path: string;
  /** The first line of the journal, if the folder is a new one; what it has to agree with otherwise. */
  readonly created: RunCreated;
  readonly records: RecordTable;
  /** Where the input lies, to be copied into a new folder. */
  readonly inputPath: string;
  readonly clock: Clock;
  readonly pid: number;
  /** Aborting it ends the wait for a silent holder; rejects with the signal's reason. */
  readonly signal: AbortSignal;
  /** Told what a person should know of the lock. */
  readonly warn: (message: string) => void;
  /** Asked once the journal is read, before anything is changed; may throw. */
  readonly approve?: (memory: RunMemory) => void;
}

/**
 * Takes hold of a run folder, made anew or resumed. Rejects with a FatalError where another run holds it (held), where
 * it does not belong to this input, target or shard or cannot be trusted (mismatch), or cannot be written (defect); a
 * folder is then as it was before.
 */
export async function openRunFolder(opening: FolderOpening): Promise<RunFolder> {
  const { path } = opening;
  const topmostMade = await makeFolder(path);
  try {
    const lock = await acquireLock(path, { ...opening, inform: opening.warn });
    try {
      return await openLocked(opening, lock);
    } catch (error) {
      await lock.release();
      throw error;
    }
  } catch (error) {
    if (topmostMade !== undefined) await removeEmptyFolders(resolve(path), topmostMade);
    throw error;
  }
}

async function openLocked(opening: FolderOpening, lock: LockFile): Promise<RunFolder> {
  const { path, clock } = opening;
  const hold = keepFolder(lock, clock, opening.warn);
  try {
    const { memory, journal, tornBytes } = await openMemory(opening, hold);
    return {
      path,
      memory,
      journal,
      hold,
      tornBytes,
      record(event) {
        const offset = journal.append(event);
        const problem = memory.apply(event, offset);
        if (problem !== undefined) throw new Error(`an event does not fit the input: ${problem}`);
        return offset;
      },
      async close() {
        // A run that ends by a defect still has answers to keep; one that lost its folder touches nothing more. While the
        // hold is overdue nothing is written: its heartbeat tells which of the two it is.
        if (hold.failure() === undefined) await journal.flush().catch(() => undefined);
        hold.stop();
        await journal.close();
        await lock.release();
      },
    };
  } catch (error) {
    hold.stop();
    throw hold.failure() ?? error;
  }
}

/**
 * Everything between the lock and the first line of a session. Whoever was asleep meanwhile may have lost the folder, so
 * the lock is looked at again right before anything is changed, and once the journal is open.
 */
async function openMemory(opening: FolderOpening, hold: KeptFolder) {
  const { path, clock, records } = opening;
  const journalPath = join(path, journalName);
  const found = await readRunCreated(path);
  if (found === undefined) await beginRun(opening, hold.look);
  else await refuseOther(opening, found);
  const memory = createRunMemory(records);
  const extent = await readJournal(journalPath, memory.apply);
  opening.approve?.(memory);
  // Whoever held the folder before may only be asleep, even about to write the first line of a session.
  if (found !== undefined) await leaveOldJournal(journalPath, extent, hold.look);
  const journal = await openJournal(journalPath, extent.bytes, clock, {
    mayWrite: () => hold.mayStart(clock.now()),
    whyGone: hold.look,
  });
  try {
    await hold.look();
  } catch (error) {
    await journal.close();
    throw error;
  }
  hold.watch(journal, journalPath);
  hold.onChange(() => {
    const lost = hold.failure();
    if (lost !== undefined) journal.abandon(lost);
  });
  // Copies of the input that kills left half-way are personal data, too. One that cannot be removed is no reason to stop.
  await removeLeftovers(path, [journalName, inputCopyName], diskFileSystem).catch(() => undefined);
  return { memory, journal, tornBytes: extent.tornBytes };
}

async function refuseOther({ path, created }: FolderOpening, found: RunCreated): Promise<void> {
  const mismatch = describeMismatch(identityOf(found), identityOf(created));
  if (mismatch !== undefined) {
    throw new FatalError(
      'mismatch',
      `The run folder ${path} belongs to another run: ${mismatch}; nothing was sent.`,
    );
  }
  const copy = join(path, inputCopyName);
  if ((await digestOf(copy)) !== found.input.sha256) {
    throw new FatalError(
      'mismatch',
      `${copy} was changed or is gone; nothing was sent. Restore it, or begin a new run elsewhere (another --out, or --fresh without one).`,
    );
  }
}

/** Returns the topmost folder that had to be made; undefined where all was there. */
async function makeFolder(path: string): Promise<string | undefined> {
  try {
    return await makeFolders(path);
  } catch (error) {
    throw new FatalError('defect', `cannot make the run folder ${path}: ${(error as Error).message}`);
  }
}
