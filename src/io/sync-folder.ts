import { open } from 'node:fs/promises';

/** Hands a folder's entries to the disk: a new or renamed file in it outlasts a power loss only then. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path);
  try {
    await folder.sync();
  } catch (error) {
    if (!cannotSyncFolders(error)) throw error;
  } finally {
    await folder.close();
  }
}

/** Some network file systems know no sync of a folder; its names are then as safe as they can be. */
function cannotSyncFolders(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'EINVAL' || code === 'ENOTSUP';
}
