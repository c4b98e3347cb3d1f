import { mkdir, rmdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { syncFolder } from './sync-folder.ts';

/**
 * Makes a folder and those above it that are missing, for the owner and its group (0750). Returns the topmost one that had
 * to be made; undefined where all was there. Node's own recursive mkdir never ends below a folder that takes no new ones
 * and says so by ENOENT, such as /proc.
 */
export async function makeFolders(path: string): Promise<string | undefined> {
  const folder = resolve(path);
  try {
    return await makeOne(folder);
  } catch (error) {
    const above = dirname(folder);
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || above === folder) throw error;
    const topmost = await makeFolders(above);
    // The one above is there now: what keeps this one from being made all the same is the answer.
    const made = await makeOne(folder);
    return topmost ?? made;
  }
}

/**
 * Takes away the folders that were made, from the innermost outwards, as long as they are empty: another run may have
 * begun in one of them meanwhile.
 */
export async function removeEmptyFolders(innermost: string, topmost: string): Promise<void> {
  for (let folder = innermost; folder.length >= topmost.length; folder = dirname(folder)) {
    const isRemoved = await rmdir(folder).then(
      () => true,
      () => false,
    );
    if (!isRemoved) return;
  }
}

/** Undefined where it is there already. */
async function makeOne(folder: string): Promise<string | undefined> {
  try {
    await mkdir(folder, { mode: 0o750 });
    // What lies in it must not be lost with its name. Where the one above may not be read, its names are as safe as they can be.
    await syncFolder(dirname(folder)).catch(unlessForbidden);
    return folder;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST' && (await stat(folder)).isDirectory())
      return undefined;
    throw error;
  }
}

function unlessForbidden(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EACCES' && error.code !== 'EPERM') throw error;
}
