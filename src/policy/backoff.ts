/** Exponential backoff: the longest wait doubles from `baseMs` up to `capMs`. */
export interface Backoff {
  readonly baseMs: number;
  readonly capMs: number;
}

/** One removal that failed for the moment. */
export const removalBackoff: Backoff = { baseMs: 200, capMs: 20_000 };

/**
 * The one probe at a time that asks whether an instance is back. Where the run stops after a short outage, it asks more
 * often: an instance that is back in time must not be missed for want of asking.
 */
export function probeBackoff(maxOutageMs: number): Backoff {
  return { baseMs: 200, capMs: Math.min(30_000, maxOutageMs / 10) };
}

/** Everybody, after a throttled answer that does not say how long. */
export const throttleBackoff: Backoff = { baseMs: 1_000, capMs: 60_000 };

/**
 * The wait before the next try, after `failures` (from 1) in a row. Full jitter: evenly spread from zero to the longest
 * wait, so that those who failed together do not come back together.
 */
export function fullJitter(backoff: Backoff, failures: number, random: number): number {
  return random * longestWait(backoff, failures);
}

/** At least half of the longest wait: for a hold that has to be one. */
export function equalJitter(backoff: Backoff, failures: number, random: number): number {
  const longest = longestWait(backoff, failures);
  return longest / 2 + (random * longest) / 2;
}

function longestWait({ baseMs, capMs }: Backoff, failures: number): number {
  return Math.min(capMs, baseMs * 2 ** Math.min(failures - 1, 30));
}
