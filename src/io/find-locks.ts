import { randomBytes } from 'node:crypto';
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FatalError } from '../exit-code.ts';
import { identifyProcess, lifeOf, type ProcessIdentity } from './process-identity.ts';
import { readFlags } from './read-flags.ts';

/** What a lock file says of its holder. */
export interface LockHolder extends ProcessIdentity {
  readonly since: string;
  /** Tells two locks of one process apart. */
  readonly nonce: string;
}

/** A holder elsewhere is gone when its heartbeat has been still for so long. */
const stillForMs = 60_000;

const lockName = /^lock\.(\d+)$/;

/** A lock file as it lies in a run folder. */
export interface FoundLock {
  readonly name: string;
  readonly number: number;
  readonly text: string;
}

/**
 * The folder's locks, the holder's last. More than one lie there where a kill came between two steps of a takeover. One that
 * vanishes under our eyes was given back or taken over just then: we look again, but not for ever.
 */
export async function findLocks(folder: string, looksLeft = 10): Promise<readonly FoundLock[]> {
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
export async function refuseAnyHeld(folder: string): Promise<readonly FoundLock[]> {
  const locks = await findLocks(folder);
  for (const lock of locks) await refuseIfHeld(folder, lock);
  return locks;
}

/** A lock's text; undefined where there is no such file. */
export function textOf(path: string): Promise<string | undefined> {
  return readFile(path, { encoding: 'utf8', flag: readFlags }).catch(unlessMissing(undefined));
}

/** Its holder is, or was, a process that we can see: of this host and boot, in the same PID namespace. */
export function isNeighbours(lock: FoundLock): boolean {
  const holder = parseHolder(lock.text);
  const us = identifyProcess(0);
  return (
    holder !== undefined &&
    holder.bootId !== '' &&
    holder.bootId === us.bootId &&
    holder.host === us.host &&
    holder.pidNamespace === us.pidNamespace
  );
}

/** Rejects with a FatalError (held) where the lock's holder lives. */
export async function refuseIfHeld(folder: string, lock: FoundLock): Promise<void> {
  const life = isNeighbours(lock) ? lifeOfHolder(lock) : 'hidden';
  const isAlive = life === 'hidden' ? (await stillSinceMs(folder, lock.name)) < stillForMs : life === 'runs';
  if (isAlive) throw held(folder, lock);
}

function lifeOfHolder({ text }: FoundLock): ReturnType<typeof lifeOf> {
  const holder = parseHolder(text);
  return holder === undefined ? 'gone' : lifeOf(holder);
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

function parseHolder(text: string): LockHolder | undefined {
  try {
    const holder = JSON.parse(text) as LockHolder | null;
    return typeof holder?.pid === 'number' ? holder : undefined;
  } catch {
    return undefined;
  }
}

/** Names the holder. */
export function held(folder: string, lock: FoundLock | undefined): FatalError {
  const holder = parseHolder(lock?.text ?? '');
  const who =
    holder === undefined ? 'another run' : `process ${holder.pid} on ${holder.host}, since ${holder.since}`;
  return new FatalError(
    'held',
    `The run folder ${folder} is held by ${who}; nothing was sent. Wait for it, or stop it.`,
  );
}

function unlessMissing<T>(value: T): (error: unknown) => T {
  return (error) => {
    if (isError(error, 'ENOENT')) return value;
    throw error;
  };
}

export function isError(error: unknown, code: string): boolean {
  return (error as NodeJS.ErrnoException).code === code;
}
