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
  let renewedAt = clock.now();
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
    const isThere = await stat(journalPath, { bigint: true }).then(
      async ({ dev, ino }) => `${dev}:${ino}` === (await journal.identity()),
      () => false,
    );
    if (!isThere) {
      throw new FatalError(
        'defect',
        `the journal ${journalPath} is no longer in its folder; no further request was sent`,
      );
    }
    if (!(await lock.isOurs())) {
      throw new FatalError(
        'held',
        `another run has taken over the run folder; this one stops and touches nothing more (${lock.path})`,
      );
    }
    await lock.renew();
    renewedAt = clock.now();
  }

  return {
    mayStart: () => clock.now() - renewedAt <= overdueMs,
    failure: () => failure,
    onChange: (listener) => void listeners.push(listener),
    stop() {
      isStopped = true;
      cancel();
    },
  };
}
