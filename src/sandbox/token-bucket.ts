import type { SandboxLimit } from './sandbox-options.ts';

/** What is left of the bucket, and since when. */
export interface BucketState {
  readonly tokens: number;
  readonly atMs: number;
}

/** Whether a request gets through, and the state for whoever asks next. */
export interface Draw {
  readonly isGranted: boolean;
  /** Whole seconds until a token will be there, rounded up as Django REST framework does; 0 where granted. */
  readonly waitSeconds: number;
  readonly next: BucketState;
}

/** A bucket that nobody has drawn from. */
export function fullBucket(limit: SandboxLimit, nowMs: number): BucketState {
  return { tokens: capacity(limit), atMs: nowMs };
}

/** Takes one token if there is one. A refused request costs none. */
export function draw(limit: SandboxLimit, state: BucketState, nowMs: number): Draw {
  const refilled = state.tokens + ((nowMs - state.atMs) / 1000) * limit.perSecond;
  const tokens = Math.min(capacity(limit), refilled);
  if (tokens >= 1) return { isGranted: true, waitSeconds: 0, next: { tokens: tokens - 1, atMs: nowMs } };
  const waitSeconds = Math.ceil((1 - tokens) / limit.perSecond);
  return { isGranted: false, waitSeconds, next: { tokens, atMs: nowMs } };
}

/** One second's worth, but room for one request even where the limit is below 1/s. */
function capacity({ perSecond }: SandboxLimit): number {
  return Math.max(1, perSecond);
}
