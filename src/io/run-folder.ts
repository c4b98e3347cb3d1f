import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, rm, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Clock } from '../effects.ts';
import { FatalError } from '../exit-code.ts';
import type { JournalEvent, RunCreated } from '../journal/journal-event.ts';
import { describeMismatch, identityOf } from '../journal/run-identity.ts';
import { createRunMemory, type RunMemory } from '../journal/run-memory.ts';
import type { RecordTable } from '../plan/record-kind.ts';
import { csvFiles } from '../report/build-report-json.ts';
import { readRunCreated } from './find-run-folder.ts';
import { type KeptFolder, keepFolder } from './folder-hold.ts';
import { copyInput, inputCopyName } from './input-copy.ts';
import { type JournalFile, journalName, openJournal } from './journal-file.ts';
import { acquireLock, type LockFile } from './lock-file.ts';
import { readJournal } from './read-journal.ts';
import { syncFolder } from './sync-folder.ts';

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
}

/**
 * Takes hold of a run folder, made anew or resumed. Rejects with a FatalError where another run holds it (held), where
 * it does not belong to this input, target or shard or cannot be trusted (mismatch), or cannot be written (defect); a
 * folder is then as it was before.
 */
export async function openRunFolder(opening: FolderOpening): Promise<RunFolder> {
  const { path } = opening;
  const made = await makeFolder(path);
  try {
    const lock = await acquireLock(path, opening.pid);
    try {
      return await openLocked(opening, lock);
    } catch (error) {
      await lock.release();
      throw error;
    }
  } catch (error) {
    if (made !== undefined) await rm(made, { recursive: true, force: true });
    throw error;
  }
}

async function openLocked(opening: FolderOpening, lock: LockFile): Promise<RunFolder> {
  const { path, clock, created } = opening;
  const journalPath = join(path, journalName);
  const memory = createRunMemory(opening.records);
  const found = await readRunCreated(path);
  const extent = found === undefined ? await beginRun(opening) : await resumeRun(opening, found, memory);
  const journal = await openJournal(journalPath, extent.bytes, clock);
  const record = (event: JournalEvent): number => {
    const offset = journal.append(event);
    const problem = memory.apply(event, offset);
    if (problem !== undefined) throw new Error(`an event does not fit the input: ${problem}`);
    return offset;
  };
  if (found === undefined) {
    record(created);
    await journal.flush();
    await syncFolder(path);
  }
  const hold = keepFolder(lock, journal, journalPath, clock);
  return {
    path,
    memory,
    journal,
    hold,
    record,
    tornBytes: extent.tornBytes,
    async close() {
      hold.stop();
      await journal.close();
      await lock.release();
    },
  };
}

/** A folder without a journal becomes a run folder, also what a kill left of one before its first line was whole. */
async function beginRun({ path, inputPath, created }: FolderOpening) {
  await refuseForeignFolder(path);
  await unlink(join(path, journalName)).catch(ignoreMissing);
  await copyInput(inputPath, path, created.input.sha256);
  return { bytes: 0, tornBytes: 0 };
}

async function resumeRun({ path, created }: FolderOpening, found: RunCreated, memory: RunMemory) {
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
      `${copy} was changed or is gone; nothing was sent. Restore it, or begin a new run with --fresh.`,
    );
  }
  return readJournal(join(path, journalName), memory.apply);
}

/** Returns the topmost folder that had to be made; undefined where all was there. */
async function makeFolder(path: string): Promise<string | undefined> {
  try {
    return await mkdir(path, { recursive: true, mode: 0o750 });
  } catch (error) {
    throw new FatalError('defect', `cannot make the run folder ${path}: ${(error as Error).message}`);
  }
}

const ourNames = new Set([
  inputCopyName,
  journalName,
  'report.json',
  'report.html',
  ...Object.values(csvFiles),
]);

/** `--out ~` must not fill somebody's home with reports. */
async function refuseForeignFolder(path: string): Promise<void> {
  const foreign = (await readdir(path)).find((name) => !ourNames.has(name) && !/^(lock\.\d+$|\.)/.test(name));
  if (foreign === undefined) return;
  throw new FatalError(
    'usage',
    `${path} is no run folder and not empty (it holds ${foreign}); name another --out.`,
  );
}

async function digestOf(path: string): Promise<string | undefined> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path), hash);
    return hash.digest('hex');
  } catch {
    return undefined;
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
