import { randomBytes } from 'node:crypto';
import { constants, copyFile, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FatalError } from '../exit-code.ts';
import { syncFolder } from './sync-folder.ts';

/**
 * Goes on with the first `size` bytes of a journal in a file of its own at the same path. Its last writer may only be
 * asleep: what it still writes goes to the old file, which nobody reads any more, and cannot spoil this one.
 * `look` is asked right before the new file is put in place, and may reject. Rejects with a FatalError (defect) where it
 * cannot be written.
 */
export async function leaveOldJournal(path: string, size: number, look: () => Promise<void>): Promise<void> {
  const beside = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    await copyStart(path, beside, size);
    await look();
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
    await file.truncate(size);
    await file.sync();
  } finally {
    await file.close();
  }
}
