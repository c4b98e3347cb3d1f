/** A server that admits so many requests and no more, seen from its door. */
export interface LimitedServer {
  /** The limit in requests a second, over long. */
  readonly perSecond: number;
  /** Undefined where the request that arrives at `now` is served; else what the 429 says. */
  refuses(now: number): Refusal | undefined;
}

export interface Refusal {
  /** Undefined where the answer has no Retry-After. */
  readonly retryAfterMs: number | undefined;
}

/** Refills steadily and allows `burst` at once; a refused request costs nothing. */
export function tokenBucket(
  perSecond: number,
  burst: number,
  retryAfterMs: number | undefined,
): LimitedServer {
  let tokens = burst;
  let filledAt = 0;
  return {
    perSecond,
    refuses(now) {
      tokens = Math.min(burst, tokens + ((now - filledAt) / 1_000) * perSecond);
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
export function slidingWindow(most: number, windowMs: number): LimitedServer {
  const admitted: number[] = [];
  return {
    perSecond: (most / windowMs) * 1_000,
    refuses(now) {
      while ((admitted[0] ?? now) <= now - windowMs) admitted.shift();
      if (admitted.length < most) {
        admitted.push(now);
        return undefined;
      }
      const waitMs = Math.min(windowMs, (admitted[0] ?? now) + windowMs - now);
      return { retryAfterMs: Math.ceil(waitMs / 1_000) * 1_000 };
    },
  };
}
