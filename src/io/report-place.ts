import { realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FatalError } from '../exit-code.ts';
import { keepFolder } from './folder-hold.ts';
import { journalName } from './journal-file.ts';
import { acquireLock, type LockAsked, refuseHeldFolder } from './lock-file.ts';

/** Where a report of run folders is about to be put. */
export interface ReportPlace {
  /** Rejects with a FatalError (held) where a run has gone on in one of the folders, or has taken the place. */
  look(): Promise<void>;
  close(): Promise<void>;
}

/**
 * To be had before the run folders are read. Where `target` is the one run folder itself, no run works in it until the place
 * is closed; else `look` tells where one has gone on meanwhile. Rejects with a FatalError where a run holds a folder (held),
 * or `target` has a run's own report (usage).
 */
export async function takeReportPlace(
  target: string,
  folders: readonly string[],
  asked: LockAsked,
): Promise<ReportPlace> {
  const isOwn = await isOneOf(target, folders);
  if (isOwn && folders.length === 1) return holdOwnFolder(target, asked);
  if (isOwn || (await journalAt(target)) !== undefined) {
    throw new FatalError(
      'usage',
      `${target} is the folder of a run, whose own report would be replaced; name another --out.`,
    );
  }
  for (const folder of folders) await refuseHeldFolder(folder);
  const journals = await Promise.all(folders.map(journalAt));
  return {
    async look() {
      if ((await journalAt(target)) !== undefined) {
        throw new FatalError('held', `a run has begun in ${target} meanwhile; name another --out.`);
      }
      for (const [index, folder] of folders.entries()) {
        if ((await journalAt(folder)) === journals[index]) continue;
        throw new FatalError('held', `a run has gone on in ${folder} meanwhile; make the report again.`);
      }
    },
    close: async () => undefined,
  };
}

async function holdOwnFolder(folder: string, asked: LockAsked): Promise<ReportPlace> {
  const lock = await acquireLock(folder, asked).catch((error: FatalError) => {
    const isUnwritable = error.exit === 'defect';
    throw isUnwritable
      ? new FatalError('defect', `${error.message}; --out puts the report elsewhere`)
      : error;
  });
  const hold = keepFolder(lock, asked.clock, asked.inform);
  return {
    look: hold.look,
    async close() {
      hold.stop();
      await lock.release();
    },
  };
}

async function isOneOf(target: string, folders: readonly string[]): Promise<boolean> {
  const path = await realpath(target).catch(() => undefined);
  const paths = await Promise.all(folders.map((folder) => realpath(folder)));
  return path !== undefined && paths.includes(path);
}

/** Which file lies there, and how long it is; undefined where there is none. */
async function journalAt(folder: string): Promise<string | undefined> {
  try {
    const { dev, ino, size } = await stat(join(folder, journalName), { bigint: true });
    return `${dev}:${ino}:${size}`;
  } catch {
    return undefined;
  }
}
