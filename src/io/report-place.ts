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
 * To be had before the run folders are read: until it is closed, no run works in `target` where that is one of them, and
 * `look` tells where one has in the others. Rejects with a FatalError where a run holds one (held), or `target` is the
 * folder of another run (usage).
 */
export async function takeReportPlace(
  target: string,
  folders: readonly string[],
  asked: LockAsked,
): Promise<ReportPlace> {
  const own = await indexOfSame(target, folders);
  if (own === undefined && (await journalAt(target)) !== undefined) {
    throw new FatalError(
      'usage',
      `${target} is the folder of another run, whose report would be replaced; name another --out.`,
    );
  }
  const others = folders.filter((_, index) => index !== own);
  for (const folder of others) await refuseHeldFolder(folder);
  const journals = await Promise.all(others.map(journalAt));

  async function lookAtOthers(): Promise<void> {
    if (own === undefined && (await journalAt(target)) !== undefined) {
      throw new FatalError('held', `a run has begun in ${target} meanwhile; name another --out.`);
    }
    for (const [index, folder] of others.entries()) {
      if ((await journalAt(folder)) === journals[index]) continue;
      throw new FatalError('held', `a run has gone on in ${folder} meanwhile; make the report again.`);
    }
  }

  if (own === undefined) return { look: lookAtOthers, close: async () => undefined };
  const lock = await acquireLock(target, asked).catch((error: FatalError) => {
    throw error.exit === 'defect'
      ? new FatalError('defect', `${error.message}; --out puts the report elsewhere`)
      : error;
  });
  const hold = keepFolder(lock, asked.clock, asked.inform);
  return {
    async look() {
      await hold.look();
      await lookAtOthers();
    },
    async close() {
      hold.stop();
      await lock.release();
    },
  };
}

async function indexOfSame(target: string, folders: readonly string[]): Promise<number | undefined> {
  const path = await realpath(target).catch(() => undefined);
  const paths = await Promise.all(folders.map((folder) => realpath(folder)));
  const index = path === undefined ? -1 : paths.indexOf(path);
  return index < 0 ? undefined : index;
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
