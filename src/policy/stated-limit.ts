import type { LimitHeaders } from './reply.ts';
import { parseReset } from './retry-after.ts';

/** What a server says of its limit. */
export interface StatedLimit {
  /** So many requests in so long; undefined where it does not say, or nothing that makes sense. */
  readonly quota: Quota | undefined;
  /** So many requests until it begins anew, where it does not say in how long. */
  readonly untilReset: { readonly requests: number; readonly resetMs: number } | undefined;
  /** Nothing is left for so long; 0 where something is. */
  readonly usedUpMs: number;
}

export interface Quota {
  readonly requests: number;
  readonly windowMs: number;
}

/** A header that is longer was not written by a server that limits itself. */
const readAtMost = 1_000;

/** A quota of an hour or a day is no pace: what is left of it may well be used at once. */
export const longestWindowMs = 60_000;

/**
 * Reads what an answer states of the limit: `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10, and
 * the forms of its earlier versions), or `RateLimit-…` and `X-RateLimit-Limit`, `-Remaining` and `-Reset`. Of several quotas
 * the one counts that allows the fewest requests a second, of those of a minute or less.
 */
export function parseStatedLimit(
  limit: LimitHeaders,
  date: string | undefined,
  wallNow: number,
): StatedLimit {
  const quotas = quotasOf(`${limit.policy ?? ''},${limit.limit ?? ''}`);
  const resetMs = secondsIn(limit.current, /\breset=(\d+)/) ?? parseReset(limit.reset, date, wallNow);
  return {
    quota: tightest(quotas.filter(({ windowMs }) => windowMs <= longestWindowMs)),
    untilReset: quotas.length > 0 ? undefined : untilReset(limit, resetMs),
    usedUpMs: usedUpMs(limit, resetMs),
  };
}

/** `"name";q=60;w=1`, and as it was first, `60;w=1`. */
function quotasOf(list: string): readonly Quota[] {
  return list
    .slice(0, readAtMost)
    .split(',')
    .flatMap((text) => {
      const unit = /;\s*qu="?([^";]*)/.exec(text)?.[1] ?? 'requests';
      const requests = numberIn(text, /;\s*q=(\d+)/) ?? numberIn(text, /^\s*(\d+)\s*;/);
      const windowMs = secondsIn(text, /;\s*w=(\d+)/);
      return unit === 'requests' && isQuota(requests) && isQuota(windowMs) ? [{ requests, windowMs }] : [];
    });
}

function tightest([first, ...others]: readonly Quota[]): Quota | undefined {
  if (first === undefined) return undefined;
  return others.reduce((a, b) => (b.requests * a.windowMs < a.requests * b.windowMs ? b : a), first);
}

function untilReset(
  { current, limit }: LimitHeaders,
  resetMs: number | undefined,
): StatedLimit['untilReset'] {
  const requests = numberIn(current, /\blimit=(\d+)/) ?? numberIn(limit, /^\s*(\d+)\s*(?:,|$)/);
  return isQuota(requests) && resetMs !== undefined ? { requests, resetMs } : undefined;
}

function usedUpMs({ current = '', remaining }: LimitHeaders, resetMs: number | undefined): number {
  for (const text of current.slice(0, readAtMost).split(',')) {
    if (numberIn(text, /;\s*r=(\d+)/) === 0) return secondsIn(text, /;\s*t=(\d+)/) ?? 0;
  }
  const left = numberIn(current, /\bremaining=(\d+)/) ?? numberIn(remaining, /^\s*(\d+)\s*(?:,|$)/);
  return left === 0 ? (resetMs ?? 0) : 0;
}

/** No limit is none, and one of more than a billion is no number that somebody chose. */
function isQuota(value: number | undefined): value is number {
  return value !== undefined && value >= 1 && value <= 1e9;
}

function secondsIn(text: string | undefined, pattern: RegExp): number | undefined {
  const value = numberIn(text, pattern);
  return value === undefined ? undefined : value * 1_000;
}

function numberIn(text: string | undefined, pattern: RegExp): number | undefined {
  const digits = pattern.exec(text ?? '')?.[1];
  return digits === undefined ? undefined : Number(digits);
}
