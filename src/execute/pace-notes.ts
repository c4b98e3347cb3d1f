import type { Verdict } from '../policy/classify-reply.ts';
import type { Response } from '../policy/reply.ts';
import { parseStatedLimit, type Quota } from '../policy/stated-limit.ts';
import type { ExecutionEffects, ExecutionSettings } from './execution.ts';
import type { OpenRemoval } from './open-removal.ts';
import type { Pacer } from './pacer.ts';
import { statedMessage } from './stop-message.ts';

/** A server that changes what it states all the time fills no log. */
const sayAgainAfterMs = 60_000;

/**
 * Tells the pacer what an answer shows of the server's limit. Only the API knows its limit: what a page in between states is
 * somebody else's.
 */
export function createPaceNotes(
  { host }: ExecutionSettings,
  { clock, log }: ExecutionEffects,
  pacer: Pacer,
): (removal: OpenRemoval, response: Response, verdict: Verdict, now: number) => void {
  let quotaSaidAt = Number.NEGATIVE_INFINITY;

  function say(quota: Quota, now: number): void {
    if (now < quotaSaidAt + sayAgainAfterMs) return;
    quotaSaidAt = now;
    log.info('pace.stated', { ...quota }, statedMessage(host, quota));
  }

  return ({ startedAt }, { headers }, { health }, now) => {
    if (health !== 'limited') pacer.served(now);
    if (health !== 'through' && health !== 'limited') return;
    const said =
      headers.limit === undefined
        ? undefined
        : parseStatedLimit(headers.limit, headers.date, clock.wallNow());
    const quota = pacer.told(said, startedAt, now);
    if (quota !== undefined) say(quota, now);
  };
}
