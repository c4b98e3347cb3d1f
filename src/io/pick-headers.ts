import util from 'undici/lib/core/util.js';
import type { LimitHeaders, ReplyHeaders } from '../policy/reply.ts';

/** Of an answer that has none that matters; most are such. */
export const noHeaders: ReplyHeaders = {};

/** By their names in lower case; a header sent twice has two values. */
export type Headers = Readonly<Record<string, string | string[]>>;

const telling = [
  'content-length',
  'transfer-encoding',
  'retry-after',
  'ratelimit',
  ...['ratelimit-policy', 'ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset'],
  ...['x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset'],
];
const tellingLengths = new Set(telling.map((name) => name.length));

/**
 * All headers of an answer, names and values by turns as undici read them; undefined where none of those that are looked at
 * can be among them, which their lengths tell: a bare 204 has none.
 */
export function tellingHeaders(raw: readonly Buffer[]): Headers | undefined {
  for (let at = 0; at < raw.length; at += 2) {
    if (tellingLengths.has(raw[at]?.length ?? 0)) return util.parseHeaders(raw);
  }
  return undefined;
}

/** The headers that are looked at. A date only counts beside another one. */
export function pickHeaders(headers: Headers): ReplyHeaders {
  const retryAfter = first(headers['retry-after']);
  const limit = pickLimit(headers);
  if (retryAfter === undefined && limit === undefined) return noHeaders;
  const date = first(headers['date']);
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

function pickLimit(headers: Headers): LimitHeaders | undefined {
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
