import type { IncomingHttpHeaders } from 'node:http';
import type { LimitHeaders, ReplyHeaders } from '../policy/reply.ts';

/** Of an answer that has none that matters; most are such. */
export const noHeaders: ReplyHeaders = {};

/** The headers that are looked at. A date only counts beside another one. */
export function pickHeaders(headers: IncomingHttpHeaders): ReplyHeaders {
  const retryAfter = first(headers['retry-after']);
  const limit = pickLimit(headers);
  if (retryAfter === undefined && limit === undefined) return noHeaders;
  const date = first(headers.date);
  const rateLimitRemaining = first(headers['x-ratelimit-remaining']);
  const rateLimitReset = first(headers['x-ratelimit-reset']);
  return {
    ...(retryAfter === undefined ? {} : { retryAfter }),
    ...(date === undefined ? {} : { date }),
    ...(rateLimitRemaining === undefined ? {} : { rateLimitRemaining }),
    ...(rateLimitReset === undefined ? {} : { rateLimitReset }),
    ...(limit === undefined ? {} : { limit }),
  };
}

function pickLimit(headers: IncomingHttpHeaders): LimitHeaders | undefined {
  const policy = first(headers['ratelimit-policy']);
  const current = first(headers['ratelimit']);
  const limit = first(headers['ratelimit-limit'] ?? headers['x-ratelimit-limit']);
  const remaining = first(headers['ratelimit-remaining'] ?? headers['x-ratelimit-remaining']);
  const reset = first(headers['ratelimit-reset'] ?? headers['x-ratelimit-reset']);
  const isSaid = (policy ?? current ?? limit ?? remaining ?? reset) !== undefined;
  return isSaid ? { policy, current, limit, remaining, reset } : undefined;
}

/** A header sent twice means what its first line says. */
function first(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
