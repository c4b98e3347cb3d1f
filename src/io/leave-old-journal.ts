import { constants, copyFile, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FatalError } from '../exit-code.ts';
import { pathBeside } from './path-beside.ts';
import type { JournalExtent } from './read-journal.ts';
import { syncFolder } from './sync-folder.ts';

/**
 * Goes on with the whole lines of a journal, as it was read to `extent`, in a file of its own at the same path. Its last
 * writer may only be asleep: what it still writes goes to the old file, which nobody reads any more, and cannot spoil this
 * one. `look` is asked right before the new file is put in place, and may reject. Rejects with a FatalError where somebody
 * has written to it meanwhile (held), or it cannot be written (defect).
 */
export async function leaveOldJournal(
  path: string,
  { bytes, tornBytes }: JournalExtent,
  look: () => Promise<void>,
): Promise<void> {
  const beside = pathBeside(path);
  try {
    await copyStart(path, beside, bytes);
    await look();
    if ((await stat(path)).size !== bytes + tornBytes) {
      throw new FatalError('held', `another run still writes the journal ${path}; nothing was sent.`);
    }
    await rename(beside, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await rm(beside, { force: true });
    if (error instanceof FatalError) throw error;
    throw new FatalError('defect', `the journal ${path} cannot be copied: ${(error as Error).message}`);
  }
}

async function copyStart(path: string, beside: string, size: number): Promise<void> {
  // Costs nothing where the file system can share the blocks of two files.
  await copyFile(path, beside, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  const file = await open(beside, 'r+');
  try {
    // Of root's copy the former owner could read nothing.
    const { uid, gid } = await stat(path);
    await file.chown(uid, gid).catch(() => undefined);
    await file.truncate(size);
    await file.sync();
  } finally {
    await file.close();
  }
}
