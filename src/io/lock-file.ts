import { randomBytes } from 'node:crypto';
import { link, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FatalError } from '../exit-code.ts';
import {
  type FoundLock,
  findLocks,
  held,
  isError,
  type LockHolder,
  refuseAnyHeld,
  refuseIfHeld,
  textOf,
} from './find-locks.ts';
import { identifyProcess } from './process-identity.ts';

/**
 * The lock on a run folder: a file `lock.<n>`, made exclusively. The holder is whoever made the highest n. A lock whose
 * holder is gone is taken over by making the next n: of several who try, one succeeds, and a number is never used for
 * two holders that could mistake each other.
 */
export interface LockFile {
  readonly path: string;
  /** Shows that the holder lives: changes the file's time, by the clock of its file system. */
  renew(): Promise<void>;
  /** Whether the folder still knows us as its holder. */
  isOurs(): Promise<boolean>;
  release(): Promise<void>;
}

/**
 * Takes the lock of a folder. Rejects with a FatalError that names the holder where it is taken (held), or says why it
 * cannot be (defect).
 */
export function acquireLock(folder: string, pid: number): Promise<LockFile> {
  return naming(folder, takeLock(folder, pid));
}

/** Rejects with a FatalError (held) where a living run holds the folder; changes nothing. */
export async function refuseHeldFolder(folder: string): Promise<void> {
  await naming(folder, refuseAnyHeld(folder));
}

async function takeLock(folder: string, pid: number): Promise<LockFile> {
  const holder: LockHolder = {
    ...identifyProcess(pid),
    since: new Date().toISOString(),
    nonce: randomBytes(8).toString('hex'),
  };
  const judged = await refuseAnyHeld(folder);
  const number = (judged.at(-1)?.number ?? 0) + 1;
  const path = join(folder, `lock.${number}`);
  const text = `${JSON.stringify(holder)}\n`;
  try {
    await createWhole(path, text);
  } catch (error) {
    if (isError(error, 'EEXIST')) throw held(folder, (await findLocks(folder)).at(-1));
    throw error;
  }
  await refuseIfOvertaken(folder, path, judged);
  await refuseIfAwake(folder, path, judged);
  for (const { name } of judged) await rm(join(folder, name), { force: true });
  return {
    path,
    renew: () => writeFile(path, text, { flag: 'r+' }),
    async isOurs() {
      return (await findLocks(folder)).at(-1)?.text === text;
    },
    async release() {
      // Once we were taken over, and that run has ended, a third one may hold this number.
      if ((await textOf(path)) === text) await rm(path, { force: true });
    },
  };
}

/**
 * Makes the file exclusively and, where the file system has hard links, with its text in it from the first moment: what a
 * kill leaves of it still names its holder, who can then be seen to be gone.
 */
async function createWhole(path: string, text: string): Promise<void> {
  const beside = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    await writeFile(beside, text, { flag: 'wx', mode: 0o640 });
    await link(beside, path);
  } catch (error) {
    if (!noHardLinks.some((code) => isError(error, code))) throw error;
    await writeFile(path, text, { flag: 'wx', mode: 0o640 });
  } finally {
    await rm(beside, { force: true });
  }
}

/** How file systems say that they have none: FAT, some network shares and FUSE. */
const noHardLinks = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL'];

/** Somebody may have taken and even given back the lock since we looked: only those we judged may lie beside ours. */
async function refuseIfOvertaken(folder: string, path: string, judged: readonly FoundLock[]): Promise<void> {
  for (const lock of await findLocks(folder)) {
    if (join(folder, lock.name) === path) continue;
    if (judged.some(({ name, text }) => name === lock.name && text === lock.text)) continue;
    await rm(path, { force: true });
    throw held(folder, lock);
  }
}

/** A silent holder may have shown itself since we looked; from now on it sees our lock, so only one of us goes on. */
async function refuseIfAwake(folder: string, path: string, judged: readonly FoundLock[]): Promise<void> {
  try {
    for (const lock of judged) await refuseIfHeld(folder, lock);
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}

async function naming<T>(folder: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof FatalError) throw error;
    throw new FatalError('defect', `cannot lock the run folder ${folder}: ${(error as Error).message}`);
  }
}
