import type { Clock, KeySource } from '../effects.ts';

/** How often, and for how long, a refused key's file is read again. */
const readEveryMs = 2_000;
const waitAtMostMs = 90_000;

/** The key that requests are sent with, and what becomes of it when it is refused. */
export interface KeyRing {
  current(): string;
  /** Counted from 1; a new one for each key. */
  version(): number;
  /** Until when another key is waited for; undefined where the key is good as far as we know. */
  waitingUntil(): number | undefined;
  /** An answer showed that the key of this version is good. */
  accepted(version: number): void;
  /** A 401 came to the key of this version. 'late': it is replaced already. 'gone': there is no hope of another one. */
  refused(version: number): 'late' | 'waiting' | 'gone';
  /** Stops reading the file. */
  close(): void;
}

interface KeyRingNeeds {
  readonly source: KeySource;
  readonly firstKey: string;
  /** An earlier session of this run was answered with it. */
  readonly isFirstAccepted: boolean;
  readonly clock: Clock;
  readonly onChanged: (key: string) => void;
  readonly onGone: () => void;
}

export function createKeyRing(needs: KeyRingNeeds): KeyRing {
  const { source, firstKey, isFirstAccepted, clock, onChanged, onGone } = needs;
  let key = firstKey;
  let version = 1;
  let isAccepted = isFirstAccepted;
  let waitingUntil: number | undefined;
  let cancelRead = (): void => undefined;
  let cancelEnd = (): void => undefined;

  function readAgain(): void {
    cancelRead = clock.after(readEveryMs, () => {
      // A file that is gone or empty for a moment is being replaced: the next look will tell.
      void source.read().then(look, () => look(undefined));
    });
  }

  function look(found: string | undefined): void {
    if (waitingUntil === undefined || clock.now() >= waitingUntil) return;
    if (found === undefined || found === key) {
      readAgain();
      return;
    }
    key = found;
    version += 1;
    isAccepted = false;
    stopWaiting();
    onChanged(key);
  }

  function stopWaiting(): void {
    waitingUntil = undefined;
    cancelRead();
    cancelEnd();
  }

  return {
    current: () => key,
    version: () => version,
    waitingUntil: () => waitingUntil,
    accepted(acceptedVersion) {
      if (acceptedVersion === version) isAccepted = true;
    },
    refused(refusedVersion) {
      if (refusedVersion < version) return 'late';
      if (waitingUntil !== undefined) return 'waiting';
      if (source.kind !== 'file' || !isAccepted) return 'gone';
      waitingUntil = clock.now() + waitAtMostMs;
      // A timer of its own: on a network file system a read may never end.
      cancelEnd = clock.after(waitAtMostMs, onGone);
      readAgain();
      return 'waiting';
    },
    close: stopWaiting,
  };
}
