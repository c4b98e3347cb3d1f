import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import type { Attempt } from '../effects.ts';
import { bodyLimitBytes, readBody } from '../policy/read-body.ts';
import type { LimitHeaders, Reply, ReplyBody, ReplyHeaders } from '../policy/reply.ts';
import { scrub } from '../policy/scrub.ts';
import type { Deadlines } from './deadlines.ts';
import { readLostConnection } from './lost-connection.ts';

/**
 * Listens to one request of undici's and makes a reply of what comes, or does not come, back. `onSent` is called once:
 * when undici writes the request, or when it ends without that.
 */
export function createAttemptHandler(
  deadlines: Deadlines,
  secrets: Iterable<string>,
  onSent: () => void,
): { readonly handler: Dispatcher.DispatchHandler; readonly attempt: Attempt } {
  let resolve: (reply: Reply) => void = () => undefined;
  const reply = new Promise<Reply>((resolveReply) => {
    resolve = resolveReply;
  });
  const deadline = deadlines.set(() => cut('timeout'));
  let controller: Dispatcher.DispatchController | undefined;
  let isOver = false;
  let status = 0;
  let headers: ReplyHeaders = {};
  let chunks: Buffer[] = [];
  let bytes = 0;

  function end(value: Reply): void {
    if (isOver) return;
    isOver = true;
    deadlines.clear(deadline);
    if (controller === undefined) onSent();
    resolve(value);
  }

  function respond(body: ReplyBody): void {
    end({ kind: 'response', status, headers, body });
  }

  /** Our own end of the wait. A request that has no connection yet is given up before it is written. */
  function cut(because: 'timeout' | 'aborted'): void {
    if (isOver) return;
    if (status !== 0) respond({ kind: 'broken' });
    else
      end({ kind: 'lost', because, code: because.toUpperCase(), mayHaveArrived: controller !== undefined });
    controller?.abort(new Error(because));
  }

  const handler: Dispatcher.DispatchHandler = {
    onRequestStart(started) {
      if (isOver) {
        started.abort(new Error('given up'));
        return;
      }
      controller = started;
      onSent();
    },
    onResponseStart(responding, statusCode, rawHeaders) {
      if (statusCode < 200) return;
      status = statusCode;
      headers = pickHeaders(rawHeaders);
      if (statusCode !== 204 || !announcesBody(rawHeaders)) return;
      respond({ kind: 'empty' });
      responding.abort(new Error('a 204 with a body'));
    },
    onResponseData(responding, chunk) {
      bytes += chunk.length;
      chunks.push(chunk);
      if (bytes <= bodyLimitBytes) return;
      chunks = [];
      respond({ kind: 'too-long' });
      responding.abort(new Error('the body is too long'));
    },
    onResponseEnd() {
      respond(
        bytes === 0 ? { kind: 'empty' } : scrubBody(readBody(Buffer.concat(chunks).toString()), secrets),
      );
    },
    onResponseError(_controller, error) {
      if (status !== 0) respond({ kind: 'broken' });
      else end(readLostConnection(error, controller !== undefined));
    },
  };
  return { handler, attempt: { reply, abort: () => cut('aborted') } };
}

function scrubBody(body: ReplyBody, secrets: Iterable<string>): ReplyBody {
  if (body.kind !== 'json') return body;
  const { hasError, error, detail } = body;
  const known = [...secrets];
  return {
    kind: 'json',
    hasError,
    ...(error === undefined ? {} : { error: scrub(error, known) }),
    ...(detail === undefined ? {} : { detail: scrub(detail, known) }),
  };
}

/** A 204 has none (RFC 9110, 15.3.5): sent all the same, it would be read as the next request's answer. */
function announcesBody(headers: IncomingHttpHeaders): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}

const noHeaders: ReplyHeaders = {};

/** Most answers have none that matters: they all share one object. A date only counts beside another one. */
function pickHeaders(headers: IncomingHttpHeaders): ReplyHeaders {
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
