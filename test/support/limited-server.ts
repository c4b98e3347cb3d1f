import type { StatedLimit } from '../../src/policy/stated-limit.ts';

/** A server that admits so many requests and no more, seen from its door. */
export interface LimitedServer {
  /** The limit in requests a second, over long. */
  readonly perSecond: number;
  /** Undefined where the request that arrives at `now` is served; else what the 429 says. */
  refuses(now: number): Refusal | undefined;
  /** What an answer that leaves at `now` says of the limit. */
  readonly states?: (now: number) => StatedLimit;
}

export interface Refusal {
  /** Undefined where the answer has no Retry-After. */
  readonly retryAfterMs: number | undefined;
}

/** A limit that changes: in requests a second, or in requests to a window. */
export type LimitAt = number | ((now: number) => number);

function limitAt(limit: LimitAt, now: number): number {
  return typeof limit === 'number' ? limit : limit(now);
}

/** Refills steadily and allows `burst` at once; a refused request costs nothing. */
export function tokenBucket(
  perSecond: LimitAt,
  burst: number,
  retryAfterMs: number | undefined,
): LimitedServer {
  let tokens = burst;
  let filledAt = 0;
  return {
    perSecond: limitAt(perSecond, 0),
    refuses(now) {
      tokens = Math.min(burst, tokens + ((now - filledAt) / 1_000) * limitAt(perSecond, now));
      filledAt = now;
      if (tokens < 1) return { retryAfterMs };
      tokens -= 1;
      return undefined;
    },
  };
}

/**
 * At most `most` in any `windowMs`; says in whole seconds, rounded up, when the oldest leaves the window. Django REST
 * framework's throttles keep such a list.
 */
export function slidingWindow(most: LimitAt, windowMs: number): LimitedServer {
  const admitted: number[] = [];
  return {
    perSecond: (limitAt(most, 0) / windowMs) * 1_000,
    refuses(now) {
      while ((admitted[0] ?? now) <= now - windowMs) admitted.shift();
      const room = limitAt(most, now) - admitted.length;
      if (room > 0) {
        admitted.push(now);
        return undefined;
      }
      const waitMs = Math.min(windowMs, (admitted[-room] ?? now) + windowMs - now);
      return { retryAfterMs: Math.ceil(waitMs / 1_000) * 1_000 };
    },
  };
}

/** Somebody else asks the same server, at random instants, `othersPerSecond` on the average. */
export function shared(server: LimitedServer, othersPerSecond: number, random: () => number): LimitedServer {
  let nextAt = 0;
  return {
    perSecond: server.perSecond - othersPerSecond,
    refuses(now) {
      while (nextAt <= now) {
        server.refuses(nextAt);
        nextAt -= (Math.log(1 - random()) / othersPerSecond) * 1_000;
      }
      return server.refuses(now);
    },
  };
}
