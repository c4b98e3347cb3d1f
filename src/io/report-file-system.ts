import { open, readdir, rename, rm } from 'node:fs/promises';
import { syncFolder } from './sync-folder.ts';

/** A new file that is being written. */
export interface NewFile {
  write(bytes: Uint8Array): Promise<void>;
  /** Resolves when what was written is on the disk. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** What publishing a report asks of the disk; tests let any of it fail. */
export interface ReportFileSystem {
  names(folder: string): Promise<readonly string[]>;
  /** Fails where the path exists. */
  create(path: string): Promise<NewFile>;
  rename(from: string, to: string): Promise<void>;
  /** Fine where there is no such file. */
  remove(path: string): Promise<void>;
  /** Removes a file of our own making that was not put in place. Fine where there is none. */
  discard(path: string): Promise<void>;
  /** Resolves when the names in the folder are on the disk. */
  syncFolder(folder: string): Promise<void>;
}

/** The real disk. Reports hold personal data: only the owner writes them, only its group reads them. */
export const diskFileSystem: ReportFileSystem = {
  names: (folder) => readdir(folder),
  async create(path) {
    const file = await open(path, 'wx', 0o640);
    return {
      write: (bytes) => file.appendFile(bytes),
      sync: () => file.sync(),
      close: () => file.close(),
    };
  },
  rename,
  remove: (path) => rm(path, { force: true }),
  discard: (path) => rm(path, { force: true }),
  syncFolder,
};

/**
 * The real disk of a folder that may be lost to another run at any time: `look` is asked before anything there is replaced
 * or taken away, and may reject.
 */
export function heldFileSystem(look: () => Promise<void>): ReportFileSystem {
  return {
    ...diskFileSystem,
    async names(folder) {
      await look();
      return diskFileSystem.names(folder);
    },
    async rename(from, to) {
      await look();
      await diskFileSystem.rename(from, to);
    },
    async remove(path) {
      await look();
      await diskFileSystem.remove(path);
    },
  };
}
