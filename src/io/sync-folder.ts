import { open } from 'node:fs/promises';

/** Hands a folder's entries to the disk: a new or renamed file in it outlasts a power loss only then. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
