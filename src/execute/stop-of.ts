import type { StopReason } from '../plan/outcome.ts';
import type { Response } from '../policy/reply.ts';
import type { Session } from './session.ts';
import type { Stop } from './stop-control.ts';

/** Asked once nothing is in flight any more: why the session stopped before its end; undefined where it came to its end. */
export function stopOf(session: Session): Stop | undefined {
  const stop = session.control.stopped();
  if (stop === undefined || changedNothing(session, stop) || giveUpHopeless(session, stop)) return undefined;
  return stop;
}

/** Reasons that only keep requests from starting. The others say that something is wrong, whatever is left. */
const onlyHoldsBack: ReadonlySet<StopReason> = new Set(['interrupted', 'time-limit', 'outage', 'throttled']);

/** It came while the last requests were in flight, and they ended well. */
function changedNothing({ work }: Session, { reason }: Stop): boolean {
  return onlyHoldsBack.has(reason) && !work.hasNew() && work.waitingCount() === 0;
}

/**
 * After an outage that did not end: where all that is left was answered 500 as often as attempts allow, it is these
 * records that the instance cannot digest. They are failed, and the session has come to its end.
 */
function giveUpHopeless({ settings, work, recorder }: Session, { reason }: Stop): boolean {
  const left = work.waiting();
  if (reason !== 'outage' || work.hasNew() || left.length === 0) return false;
  if (!left.every(({ answered500 }) => answered500 >= settings.maxAttempts)) return false;
  for (const removal of left) recorder.givenUp(removal, removal.last500 as Response, 'http-500');
  return true;
}
