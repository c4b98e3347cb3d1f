import { stat } from 'node:fs/promises';
import type { Clock, FolderHold } from '../effects.ts';
import { FatalError } from '../exit-code.ts';
import type { JournalFile } from './journal-file.ts';
import type { LockFile } from './lock-file.ts';

/** Every ten seconds the holder shows that it lives; after 30 s without, it must look before it sends (CONTRACT section 6). */
const heartbeatMs = 10_000;
const overdueMs = 30_000;

/** Keeps a run folder: renews its lock and sees that its journal still lies there. */
export interface KeptFolder extends FolderHold {
  stop(): void;
}

export function keepFolder(
  lock: LockFile,
  journal: JournalFile,
  journalPath: string,
  clock: Clock,
): KeptFolder {
  const listeners: (() => void)[] = [];
  let renewedAt = instant();
  let failure: FatalError | undefined;
  let cancel = clock.after(heartbeatMs, beat);
  let isStopped = false;

  function beat(): void {
    void look()
      .catch((error: unknown) => error as FatalError)
      .then((lost) => {
        if (isStopped) return;
        if (lost instanceof FatalError) failure = lost;
        else cancel = clock.after(heartbeatMs, beat);
        for (const listener of listeners) listener();
      });
  }

  async function look(): Promise<void> {
    if ((await identityAt(journalPath)) !== (await journal.identity())) {
      throw new FatalError(
        'defect',
        `the journal ${journalPath} is no longer in its folder; no further request was sent`,
      );
    }
    if (!(await lock.isOurs())) {
      throw new FatalError(
        'held',
        `another run has taken over the run folder, or somebody removed its lock ${lock.path}; this run stops and touches nothing more`,
      );
    }
    await lock.renew();
    renewedAt = instant();
  }

  function instant() {
    return { monotonic: clock.now(), wall: clock.wallNow() };
  }

  /** A machine that was suspended may only see it by its wall clock; a false alarm costs one heartbeat. */
  function isOverdue(): boolean {
    const { monotonic, wall } = instant();
    return Math.max(monotonic - renewedAt.monotonic, wall - renewedAt.wall) > overdueMs;
  }

  return {
    mayStart: () => !isOverdue(),
    failure: () => failure,
    onChange: (listener) => void listeners.push(listener),
    stop() {
      isStopped = true;
      cancel();
    },
  };
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
