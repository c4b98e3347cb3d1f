import type { Dispatcher } from 'undici';
import type { Attempt } from '../effects.ts';
import { bodyLimitBytes, readBody } from '../policy/read-body.ts';
import type { Reply, ReplyBody, ReplyHeaders } from '../policy/reply.ts';
import { scrub } from '../policy/scrub.ts';
import type { Deadline, Deadlines } from './deadlines.ts';
import { readLostConnection } from './lost-connection.ts';
import { type Headers, noHeaders, pickHeaders, tellingHeaders } from './pick-headers.ts';

/** What all attempts of an API share. */
export interface AttemptSurroundings {
  readonly deadlines: Deadlines;
  /** What must not show in an answer's words. */
  readonly secrets: Iterable<string>;
  /** Called once for each: when undici writes the request, or when it ends without that. */
  readonly onSent: () => void;
}

/**
 * Listens to one request of undici's and makes a reply of what comes, or does not come, back. One object for all that an
 * attempt is to others: they come and go by the thousand a second. It speaks undici 7's first handler interface, as undici's
 * own `request` does: the newer one puts two more objects and a reading of all headers between us and every answer. undici 8
 * knows the newer one only; our version is exact.
 */
export class AttemptHandler implements Dispatcher.DispatchHandler, Attempt, Deadline {
  readonly reply: Promise<Reply>;
  at = 0;
  slot = -1;
  readonly #around: AttemptSurroundings;
  #resolve: (reply: Reply) => void = () => undefined;
  /** From undici, once the request is about to be written. */
  #giveUp: ((because: Error) => void) | undefined;
  #isOver = false;
  #status = 0;
  #headers: ReplyHeaders = noHeaders;
  #chunks: Buffer[] | undefined;
  #bytes = 0;

  constructor(around: AttemptSurroundings) {
    this.#around = around;
    this.reply = new Promise<Reply>((resolve) => {
      this.#resolve = resolve;
    });
    around.deadlines.set(this);
  }

  expire(): void {
    this.#cut('timeout');
  }

  abort(): void {
    this.#cut('aborted');
  }

  onConnect(abort: (because?: Error) => void): void {
    if (this.#isOver) {
      abort(new Error('given up'));
      return;
    }
    this.#giveUp = abort;
    this.#around.onSent();
  }

  /** True: go on reading. */
  onHeaders(statusCode: number, rawHeaders: readonly Buffer[]): boolean {
    if (statusCode < 200) return true;
    this.#status = statusCode;
    const headers = tellingHeaders(rawHeaders);
    if (headers === undefined) return true;
    this.#headers = pickHeaders(headers);
    if (statusCode !== 204 || !announcesBody(headers)) return true;
    this.#respond(emptyBody);
    this.#giveUp?.(new Error('a 204 with a body'));
    return true;
  }

  onData(chunk: Buffer): boolean {
    this.#bytes += chunk.length;
    this.#chunks ??= [];
    this.#chunks.push(chunk);
    if (this.#bytes <= bodyLimitBytes) return true;
    this.#chunks = [];
    this.#respond({ kind: 'too-long' });
    this.#giveUp?.(new Error('the body is too long'));
    return true;
  }

  onComplete(): void {
    this.#respond(
      this.#chunks === undefined || this.#bytes === 0
        ? emptyBody
        : scrubBody(readBody(Buffer.concat(this.#chunks).toString()), this.#around.secrets),
    );
  }

  onError(error: Error): void {
    if (this.#status !== 0) this.#respond({ kind: 'broken' });
    else this.#end(readLostConnection(error, this.#giveUp !== undefined));
  }

  #end(value: Reply): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#around.deadlines.clear(this);
    if (this.#giveUp === undefined) this.#around.onSent();
    this.#resolve(value);
  }

  #respond(body: ReplyBody): void {
    this.#end({ kind: 'response', status: this.#status, headers: this.#headers, body });
  }

  /** Our own end of the wait. A request that has no connection yet is given up before it is written. */
  #cut(because: 'timeout' | 'aborted'): void {
    if (this.#isOver) return;
    const mayHaveArrived = this.#giveUp !== undefined;
    if (this.#status !== 0) this.#respond({ kind: 'broken' });
    else this.#end({ kind: 'lost', because, code: because.toUpperCase(), mayHaveArrived });
    this.#giveUp?.(new Error(because));
  }
}

const emptyBody: ReplyBody = { kind: 'empty' };

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
function announcesBody(headers: Headers): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}
