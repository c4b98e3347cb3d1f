import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../effects.ts';
import { FatalError } from '../exit-code.ts';
import type { RunCreated } from '../journal/journal-event.ts';
import { copyInput, inputCopyName } from './input-copy.ts';
import { journalName, openJournal } from './journal-file.ts';
import { refuseLostJournal, reportNames } from './lost-journal.ts';
import { refuseUnreadableJournal } from './read-journal.ts';
import { syncFolder } from './sync-folder.ts';

/** What a new run folder is made of. */
interface NewRun {
  readonly path: string;
  /** The journal's first line. */
  readonly created: RunCreated;
  /** Where the input lies, to be copied. */
  readonly inputPath: string;
  readonly clock: Clock;
}

/**
 * A folder without a journal becomes a run folder, also what a kill left of one before its first line was whole. `look` is
 * asked right before anything is changed, and may reject. Rejects with a FatalError, the folder as it was, where it holds
 * something else (usage), the input has changed or a report lies there (mismatch), or it cannot be written (defect).
 */
export async function beginRun(
  { path, inputPath, created, clock }: NewRun,
  look: () => Promise<void>,
): Promise<void> {
  const journalPath = join(path, journalName);
  await refuseForeignFolder(path);
  await refuseUnreadableJournal(journalPath);
  await refuseLostJournal(path);
  await copyInput(inputPath, path, created.input.sha256, look);
  try {
    await look();
    await rm(journalPath, { force: true });
    await writeFirstLine(journalPath, created, clock);
    await syncFolder(path);
  } catch (error) {
    await look();
    await Promise.all([journalPath, join(path, inputCopyName)].map((file) => rm(file, { force: true })));
    throw error;
  }
}

async function writeFirstLine(journalPath: string, created: RunCreated, clock: Clock): Promise<void> {
  const journal = await openJournal(journalPath, 0, clock);
  try {
    journal.append(created);
    await journal.flush();
  } finally {
    await journal.close();
  }
}

const ourNames: ReadonlySet<string> = new Set([inputCopyName, journalName, ...reportNames]);

/** `--out ~` must not fill somebody's home with reports. */
async function refuseForeignFolder(path: string): Promise<void> {
  const foreign = (await readdir(path)).find((name) => !ourNames.has(name) && !/^(lock\.\d+$|\.)/.test(name));
  if (foreign === undefined) return;
  throw new FatalError(
    'usage',
    `${path} is no run folder and not empty (it holds ${foreign}); name another --out.`,
  );
}
