import { randomBytes } from 'node:crypto';
import { type FileHandle, link, open, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isError } from './find-locks.ts';

/**
 * Makes the file exclusively and, where the file system has hard links, with its text in it from the first moment: what a
 * kill leaves of it still names its holder, who can then be seen to be gone.
 */
export async function createWhole(path: string, text: string): Promise<FileHandle> {
  const beside = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const file = await createWith(beside, text);
    try {
      await link(beside, path);
      return file;
    } catch (error) {
      await file.close();
      throw error;
    }
  } catch (error) {
    if (!noHardLinks.some((code) => isError(error, code))) throw error;
    return await createWith(path, text);
  } finally {
    await rm(beside, { force: true });
  }
}

async function createWith(path: string, text: string): Promise<FileHandle> {
  const file = await open(path, 'wx', 0o640);
  try {
    await file.write(text, 0);
    return file;
  } catch (error) {
    await file.close();
    await rm(path, { force: true });
    throw error;
  }
}

/** How file systems say that they have none: FAT, some network shares and FUSE. */
const noHardLinks = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL'];
