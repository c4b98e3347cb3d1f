import { stat } from 'node:fs/promises';
import type { Clock, FolderHold } from '../effects.ts';
import { FatalError } from '../exit-code.ts';
import type { JournalFile } from './journal-file.ts';
import type { LockFile } from './lock-file.ts';

/** Every ten seconds the holder shows that it lives; after 30 s without, it must look before it sends. */
const heartbeatMs = 10_000;
const overdueMs = 30_000;
/** From then on another run may take a silent holder's lock over: one that cannot show itself has to go. */
const silentMs = 60_000;

/** Keeps a run folder: renews its lock and, once there is one, sees that its journal still lies there. */
export interface KeptFolder extends FolderHold {
  /** From now on the journal is looked at as well. */
  watch(journal: JournalFile, path: string): void;
  /** Looks now. Rejects with a FatalError where the folder is another's or its journal is gone. */
  look(): Promise<void>;
  stop(): void;
}

/** `warn` is told once when the lock cannot be renewed, and why. */
export function keepFolder(lock: LockFile, clock: Clock, warn: (message: string) => void): KeptFolder {
  const listeners: (() => void)[] = [];
  let watched: { readonly journal: JournalFile; readonly path: string } | undefined;
  let renewedAt = instant();
  let failingSince: number | undefined;
  let failure: FatalError | undefined;
  let cancel = clock.after(heartbeatMs, beat);
  let isStopped = false;

  function beat(): void {
    void look()
      .catch((error: unknown) => noteTrouble(error as Error))
      .then(() => {
        if (isStopped) return;
        if (failure === undefined) cancel = clock.after(heartbeatMs, beat);
        for (const listener of listeners) listener();
      });
  }

  async function look(): Promise<void> {
    // Whoever falls asleep within the look was last seen before it.
    const lookedAt = instant();
    try {
      await lookAtBoth();
    } catch (error) {
      if (error instanceof FatalError) failure = error;
      throw error;
    }
    renewedAt = lookedAt;
    failingSince = undefined;
  }

  async function lookAtBoth(): Promise<void> {
    await refuseLostLock();
    if (watched !== undefined && (await identityAt(watched.path)) !== (await watched.journal.identity())) {
      throw journalGone(watched.path);
    }
    await lock.renew();
    // Another run may have taken it just before the renewal, and not have seen it.
    await refuseLostLock();
  }

  async function refuseLostLock(): Promise<void> {
    const holder = await lock.holder();
    if (holder === 'us') return;
    // Where nobody holds it and nothing lies there, the folder itself was taken away.
    if (watched !== undefined && holder === 'nobody' && (await identityAt(watched.path)) === undefined) {
      throw journalGone(watched.path);
    }
    throw new FatalError(
      'held',
      `another run has taken over the run folder, or somebody removed its lock ${lock.path}; this run stops and touches nothing more`,
    );
  }

  /** A passing error is no reason to give the folder up, one that lasts is: another run may think us gone. */
  function noteTrouble(error: Error): void {
    if (isStopped || failure !== undefined) return;
    const now = clock.now();
    if (failingSince === undefined) {
      warn(`the lock ${lock.path} cannot be renewed (${error.message}): without it no request starts`);
    }
    failingSince ??= now;
    if (now - failingSince < silentMs) return;
    failure = new FatalError(
      'defect',
      `the lock ${lock.path} could not be renewed for a minute (${error.message}); no further request was sent`,
    );
  }

  function instant() {
    return { monotonic: clock.now(), wall: clock.wallNow() };
  }

  /** A machine that was suspended may only see it by its wall clock; a false alarm costs one heartbeat. */
  function isOverdue(now: number): boolean {
    return Math.max(now - renewedAt.monotonic, clock.wallNow() - renewedAt.wall) > overdueMs;
  }

  return {
    mayStart: (now) => failure === undefined && !isOverdue(now),
    failure: () => failure,
    onChange: (listener) => void listeners.push(listener),
    watch(journal, path) {
      watched = { journal, path };
    },
    look,
    stop() {
      isStopped = true;
      cancel();
    },
  };
}

function journalGone(path: string): FatalError {
  return new FatalError(
    'defect',
    `the journal ${path} is no longer in its folder; no further request was sent`,
  );
}

/** Device and inode; undefined where nothing lies there. What keeps us from looking is no reason to give up. */
async function identityAt(path: string): Promise<string | undefined> {
  try {
    const { dev, ino } = await stat(path, { bigint: true });
    return `${dev}:${ino}`;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}
