import { randomBytes } from 'node:crypto';
import { type FileHandle, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../effects.ts';
import { FatalError } from '../exit-code.ts';
import { createWhole } from './create-whole.ts';
import {
  type FoundLock,
  findLocks,
  held,
  isError,
  isNeighbours,
  type LockHolder,
  refuseAnyHeld,
  refuseIfHeld,
  textOf,
} from './find-locks.ts';
import { identifyProcess } from './process-identity.ts';

/**
 * The lock on a run folder: a file `lock.<n>`, made exclusively. The holder is whoever made the highest n. A lock whose
 * holder is gone is taken over by making the next n: of several who try, one succeeds. Once none is left the numbers begin
 * again, so a lock is known by its text, which no two have in common.
 */
export interface LockFile {
  readonly path: string;
  /**
   * Shows that the holder lives: changes the file's time, by the clock of its file system. It is done to the file that was
   * made here, whatever lies at its path by now.
   */
  renew(): Promise<void>;
  /** Whom the folder knows as its holder: us, another run, or nobody. */
  holder(): Promise<'us' | 'another' | 'nobody'>;
  release(): Promise<void>;
}

/** How a lock is asked for. */
export interface LockAsked {
  readonly pid: number;
  readonly clock: Clock;
  /** Aborting it ends a wait; rejects with the signal's reason. */
  readonly signal: AbortSignal;
  /** Told why it takes a while. */
  readonly inform: (message: string) => void;
}

/**
 * Takes the lock of a folder. Rejects with a FatalError that names the holder where it is taken (held), or says why it
 * cannot be (defect).
 */
export function acquireLock(folder: string, asked: LockAsked): Promise<LockFile> {
  return naming(folder, takeLock(folder, asked));
}

/** Rejects with a FatalError (held) where a living run holds the folder; changes nothing. */
export async function refuseHeldFolder(folder: string): Promise<void> {
  await naming(folder, refuseAnyHeld(folder));
}

/** A silent holder that lives after all looks at its lock every ten seconds: if it is awake by now, it then has seen ours. */
const untilSeenMs = 12_000;

async function takeLock(folder: string, { pid, clock, signal, inform }: LockAsked): Promise<LockFile> {
  const holder: LockHolder = {
    ...identifyProcess(pid),
    since: new Date(clock.wallNow()).toISOString(),
    nonce: randomBytes(8).toString('hex'),
  };
  const judged = await refuseAnyHeld(folder);
  const number = (judged.at(-1)?.number ?? 0) + 1;
  const path = join(folder, `lock.${number}`);
  const text = `${JSON.stringify(holder)}\n`;
  const file = await makeLock(folder, path, text);
  try {
    await judgeAgain(folder, path, judged);
    if (judged.some((lock) => !isNeighbours(lock))) {
      const seconds = untilSeenMs / 1_000;
      inform(`the lock's holder has been silent for a minute: waiting ${seconds} s to be sure of it`);
      await pause(untilSeenMs, clock, signal);
      await judgeAgain(folder, path, judged);
    }
    for (const { name, text: its } of judged) await removeLock(join(folder, name), its);
  } catch (error) {
    await file.close();
    await removeLock(path, text);
    throw error;
  }
  return {
    path,
    async renew() {
      await file.write(text, 0);
    },
    async holder() {
      const last = (await findLocks(folder)).at(-1);
      if (last === undefined) return 'nobody';
      return last.text === text ? 'us' : 'another';
    },
    async release() {
      try {
        await file.close();
      } finally {
        await removeLock(path, text);
      }
    },
  };
}

function pause(ms: number, clock: Clock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(ms, resolve);
    const stop = () => {
      cancel();
      reject(signal.reason as Error);
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}

async function makeLock(folder: string, path: string, text: string): Promise<FileHandle> {
  try {
    return await createWhole(path, text);
  } catch (error) {
    if (isError(error, 'EEXIST')) throw held(folder, (await findLocks(folder)).at(-1));
    throw error;
  }
}

/** Another run may have its number by now. */
async function removeLock(path: string, text: string): Promise<void> {
  if ((await textOf(path)) === text) await rm(path, { force: true });
}

/**
 * Once our lock is there. Somebody may have taken and even given back the lock since we looked: only those we judged may lie
 * beside ours. And a silent holder may have shown itself; from now on it sees our lock, so only one of us goes on.
 */
async function judgeAgain(folder: string, path: string, judged: readonly FoundLock[]): Promise<void> {
  for (const lock of await findLocks(folder)) {
    if (join(folder, lock.name) === path) continue;
    if (judged.some(({ name, text }) => name === lock.name && text === lock.text)) continue;
    throw held(folder, lock);
  }
  for (const lock of judged) await refuseIfHeld(folder, lock);
}

async function naming<T>(folder: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof FatalError) throw error;
    throw new FatalError('defect', `cannot lock the run folder ${folder}: ${(error as Error).message}`);
  }
}
