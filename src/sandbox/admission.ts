import { type Answer, apiError, throttled, underMaintenance } from './answer.ts';
import type { SandboxOptions } from './sandbox-options.ts';
import { type BucketState, draw, fullBucket } from './token-bucket.ts';

/** Whether a request gets as far as the API, and the bucket for whoever asks next. */
export interface Admission {
  /** Why not; undefined lets it through. */
  readonly refusal: Answer | undefined;
  /** Undefined where there is no limit. */
  readonly bucket: BucketState | undefined;
}

/** The rate limit before the first request. */
export function initialBucket(options: SandboxOptions, nowMs: number): BucketState | undefined {
  return options.limit && fullBucket(options.limit, nowMs);
}

/**
 * Maintenance comes before everything, the key before the limit, as in Django REST framework.
 * `authorization` is the header as sent.
 */
export function admit(
  options: SandboxOptions,
  authorization: string | undefined,
  bucket: BucketState | undefined,
  nowMs: number,
): Admission {
  if (options.maintenance) return { refusal: underMaintenance('2026-11-24T22:00:00Z'), bucket };
  if (authorization !== `Bearer ${options.key}`) {
    const detail = 'Missing or invalid API key/session cookie.';
    return { refusal: apiError(401, 'authentication_failed', detail), bucket };
  }
  if (options.limit === undefined || bucket === undefined) return { refusal: undefined, bucket };
  const { isGranted, waitSeconds, next } = draw(options.limit, bucket, nowMs);
  const refusal = isGranted ? undefined : throttled(waitSeconds, options.limit.retryAfter);
  return { refusal, bucket: next };
}
