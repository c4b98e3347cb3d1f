import type { OpenRemoval } from './open-removal.ts';

/** An attempt of a removal failed at `now`; something got through to somebody last at `lastThroughAt`. */
export function useUpAttempt(removal: OpenRemoval, now: number, lastThroughAt: number): void {
  if (lastThroughAt > (removal.lastFailedAt ?? now)) removal.failedInARow = 0;
  removal.failedInARow += 1;
  removal.lastFailedAt = now;
  removal.used += 1;
}

/** What it failed in while the last outage began, at `outageSince`, was the outage's, and uses up no attempt. */
export function giveBackOutageAttempts(removal: OpenRemoval, outageSince: number): void {
  if ((removal.lastFailedAt ?? Number.NEGATIVE_INFINITY) < outageSince) return;
  removal.used -= removal.failedInARow;
  removal.failedInARow = 0;
}

/**
 * Nothing has got through between its last two failures, so they may be everybody's. One alone tells nothing, unless there
 * is but one.
 */
export function mayBeEverybodys({ used, failedInARow }: OpenRemoval): boolean {
  return failedInARow >= 2 || used === 1;
}
