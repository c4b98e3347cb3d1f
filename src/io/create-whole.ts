import { type FileHandle, link, open, rm } from 'node:fs/promises';
import { isError } from './find-locks.ts';
import { pathBeside } from './path-beside.ts';

/**
 * Makes the file exclusively and, where the file system has hard links, with its text in it from the first moment: what a
 * kill leaves of it still names its holder, who can then be seen to be gone.
 */
export async function createWhole(path: string, text: string): Promise<FileHandle> {
  const beside = pathBeside(path);
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
