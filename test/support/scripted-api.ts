import type { Clock, MembershipApi, Pair } from '../../src/effects.ts';
import type { Reply } from '../../src/policy/reply.ts';
import { lost } from './replies.ts';

/** One request as the script sees it. */
export interface ScriptedRequest {
  readonly pair: Pair;
  readonly key: string;
  /** By the clock. */
  readonly at: number;
  /** Counted from 1 over all requests. */
  readonly number: number;
  /** Counted from 1 over those of the same pair. */
  readonly attempt: number;
}

/**
 * What a request meets: a reply after the usual time, or after so many milliseconds; Infinity is never. It is written
 * at once, or once it has a connection, after `connectMs`: never, where the reply comes before that.
 */
export type Scripted =
  | Reply
  | { readonly reply: Reply; readonly afterMs: number; readonly connectMs?: number };

export interface ScriptedApi extends MembershipApi {
  readonly sent: readonly ScriptedRequest[];
  /** When each that was written was. */
  readonly writtenAt: readonly number[];
  inFlight(): number;
  mostInFlight(): number;
}

const usualMs = 10;

/** `onSent` is called before the script is asked. */
export function createScriptedApi(
  clock: Clock,
  script: (request: ScriptedRequest) => Scripted,
  onSent: (request: ScriptedRequest) => void,
): ScriptedApi {
  const sent: ScriptedRequest[] = [];
  const writtenAt: number[] = [];
  const attempts = new Map<string, number>();
  let inFlight = 0;
  let most = 0;

  /** Writes once the time has come, unless that is given up before. */
  function connect(connectMs: number, onWritten: () => void): { readonly giveUp: () => void } {
    let isOver = false;
    const cancel =
      Number.isFinite(connectMs) && connectMs > 0 ? clock.after(connectMs, write) : () => undefined;
    function write(): void {
      isOver = true;
      writtenAt.push(clock.now());
      onWritten();
    }
    if (connectMs === 0) write();
    return {
      giveUp() {
        if (isOver) return;
        isOver = true;
        cancel();
        onWritten();
      },
    };
  }

  return {
    sent,
    writtenAt,
    inFlight: () => inFlight,
    mostInFlight: () => most,
    remove(pair, key, onWritten) {
      const name = `${pair.workspace}/${pair.user}`;
      const attempt = (attempts.get(name) ?? 0) + 1;
      attempts.set(name, attempt);
      const request = { pair, key, at: clock.now(), number: sent.length + 1, attempt };
      sent.push(request);
      inFlight += 1;
      most = Math.max(most, inFlight);
      onSent(request);
      const scripted = script(request);
      const {
        reply: scriptedReply,
        afterMs,
        connectMs = 0,
      } = 'reply' in scripted ? scripted : { reply: scripted, afterMs: usualMs };
      const connection = connect(connectMs, onWritten);
      let resolve: (reply: Reply) => void = () => undefined;
      const reply = new Promise<Reply>((resolveReply) => {
        resolve = (value) => {
          inFlight -= 1;
          resolve = () => undefined;
          cancel();
          connection.giveUp();
          resolveReply(value);
        };
      });
      const cancel = Number.isFinite(afterMs)
        ? clock.after(afterMs, () => resolve(scriptedReply))
        : () => undefined;
      return { reply, abort: () => resolve(lost('aborted', true)) };
    },
    close: () => Promise.resolve(),
  };
}
