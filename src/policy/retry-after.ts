import type { ReplyHeaders } from './reply.ts';

/**
 * How long an answer asks to wait, in milliseconds from its arrival; undefined where it does not say, or says nonsense.
 * `Retry-After` (RFC 9110, 10.2.3) is seconds, decimals too, or an HTTP date, which is read against the answer's own
 * `Date`, since our clock may be wrong.
 */
export function parseRetryAfter(headers: ReplyHeaders, wallNow: number): number | undefined {
  const text = headers.retryAfter?.trim();
  if (text === undefined) return undefined;
  if (/^\d+(\.\d+)?$/.test(text)) return Math.min(longestMs, Number(text) * 1000);
  const until = parseHttpDate(text);
  if (until === undefined) return undefined;
  return Math.min(longestMs, Math.max(0, until - (parseHttpDate(headers.date ?? '') ?? wallNow)));
}

/** When a limit begins anew, in milliseconds from now: `…-reset` is delta seconds or epoch seconds. */
export function parseReset(
  reset: string | undefined,
  date: string | undefined,
  wallNow: number,
): number | undefined {
  const text = reset?.trim() ?? '';
  if (!/^\d+(\.\d+)?$/.test(text)) return undefined;
  const seconds = Number(text);
  if (seconds < epochSecondsFrom) return seconds * 1000;
  return Math.min(longestMs, Math.max(0, seconds * 1000 - (parseHttpDate(date ?? '') ?? wallNow)));
}

/** No run waits for a hundred years; what asks for more must still name an instant that a date can hold. */
const longestMs = 100 * 366 * 24 * 3_600_000;

/** No limit is reset in 31 years: a larger number is an instant (GitHub's form), a smaller one a duration. */
const epochSecondsFrom = 1_000_000_000;

/** The three date forms of RFC 9110 all begin with the name of a day; Date.parse alone would take `12` for a year. */
function parseHttpDate(text: string): number | undefined {
  if (!/^(mon|tue|wed|thu|fri|sat|sun)/i.test(text.trim())) return undefined;
  const forms = text.trim();
  const at = Date.parse(/gmt|utc|[+-]\d{4}$/i.test(forms) ? forms : `${forms} GMT`);
  return Number.isNaN(at) ? undefined : at;
}
