import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Everything below a folder by its path: mode, size, time of change and digest of each file; empty where there is none.
 * Of a lock, the time is left out: whoever holds it changes that time to show that it lives.
 */
export function folderState(folder: string): Record<string, string> {
  const state: Record<string, string> = {};
  for (const path of filesBelow(folder)) {
    const { mode, size, mtimeNs } = lstatSync(join(folder, path), { bigint: true });
    const digest = createHash('sha256')
      .update(readFileSync(join(folder, path)))
      .digest('hex');
    const changed = /(^|\/)lock\.\d+$/.test(path) ? '' : mtimeNs;
    state[path] = `${(Number(mode) & 0o777).toString(8)} ${size} ${changed} ${digest.slice(0, 16)}`;
  }
  return state;
}

/** The paths of all files below a folder, relative to it, sorted. */
export function filesBelow(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
