import { randomBytes } from 'node:crypto';
import { link, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FatalError } from '../exit-code.ts';
import { identifyProcess, type ProcessIdentity, startTimeOf } from './process-identity.ts';

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

/** What a lock file says of its holder. */
interface Holder extends ProcessIdentity {
  readonly since: string;
  /** Tells two locks of one process apart. */
  readonly nonce: string;
}

/** A holder elsewhere is gone when its heartbeat has been still for so long. */
const stillForMs = 60_000;

const lockName = /^lock\.(\d+)$/;

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
  const holder: Holder = {
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

interface FoundLock {
  readonly name: string;
  readonly number: number;
  readonly text: string;
}

/**
 * The folder's locks, the holder's last. More than one lie there where a kill came between two steps of a takeover. One that
 * vanishes under our eyes was given back or taken over just then: we look again, but not for ever.
 */
async function findLocks(folder: string, looksLeft = 10): Promise<readonly FoundLock[]> {
  const names = await readdir(folder).catch(unlessMissing<string[]>([]));
  const locks: FoundLock[] = [];
  for (const name of names) {
    const number = lockName.exec(name)?.[1];
    if (number === undefined) continue;
    const text = await textOf(join(folder, name));
    if (text === undefined && looksLeft > 0) return findLocks(folder, looksLeft - 1);
    locks.push({ name, number: Number(number), text: text ?? '' });
  }
  return locks.sort((a, b) => a.number - b.number);
}

/** Rejects where any lock's holder lives; returns those of the gone ones. */
async function refuseAnyHeld(folder: string): Promise<readonly FoundLock[]> {
  const locks = await findLocks(folder);
  for (const lock of locks) await refuseIfHeld(folder, lock);
  return locks;
}

/** Undefined where there is no such file. */
function textOf(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(unlessMissing(undefined));
}

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

async function refuseIfHeld(folder: string, lock: FoundLock): Promise<void> {
  const holder = parseHolder(lock.text);
  const us = identifyProcess(0);
  const isNeighbour =
    holder !== undefined &&
    holder.bootId !== '' &&
    holder.bootId === us.bootId &&
    holder.host === us.host &&
    holder.pidNamespace === us.pidNamespace;
  const isAlive = isNeighbour
    ? startTimeOf(holder.pid) === holder.startTime
    : (await stillSinceMs(folder, lock.name)) < stillForMs;
  if (isAlive) throw held(folder, lock);
}

/** Told by the file system's own clock: ours and the holder's may be minutes apart. Infinity where the lock is gone. */
async function stillSinceMs(folder: string, name: string): Promise<number> {
  const probe = join(folder, `.clock.${randomBytes(6).toString('hex')}`);
  try {
    await writeFile(probe, '', { flag: 'wx', mode: 0o640 });
    const now = await stat(probe);
    const lock = await stat(join(folder, name)).catch(unlessMissing(undefined));
    return lock === undefined ? Number.POSITIVE_INFINITY : now.mtimeMs - lock.mtimeMs;
  } finally {
    await rm(probe, { force: true });
  }
}

function parseHolder(text: string): Holder | undefined {
  try {
    return (JSON.parse(text) as Holder | null) ?? undefined;
  } catch {
    return undefined;
  }
}

function held(folder: string, lock: FoundLock | undefined): FatalError {
  const holder = parseHolder(lock?.text ?? '');
  const who =
    holder === undefined ? 'another run' : `process ${holder.pid} on ${holder.host}, since ${holder.since}`;
  return new FatalError(
    'held',
    `The run folder ${folder} is held by ${who}; nothing was sent. Wait for it, or stop it.`,
  );
}

async function naming<T>(folder: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof FatalError) throw error;
    throw new FatalError('defect', `cannot lock the run folder ${folder}: ${(error as Error).message}`);
  }
}

function unlessMissing<T>(value: T): (error: unknown) => T {
  return (error) => {
    if (isError(error, 'ENOENT')) return value;
    throw error;
  };
}

function isError(error: unknown, code: string): boolean {
  return (error as NodeJS.ErrnoException).code === code;
}
