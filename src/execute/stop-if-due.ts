import type { Session } from './session.ts';
import { stopMessage } from './stop-message.ts';

/** Requests the session's stop where its time has come: time limit, outage, a wait that is too long, a lost journal. */
export function stopIfDue(session: Session, inFlight: number, now: number): void {
  const { settings, effects, control, instance, keys } = session;
  const failure = effects.journal.failure();
  if (failure !== undefined) {
    control.request({ reason: 'journal', message: failure.message }, settings.graceMs);
  }
  if (now >= settings.startUntil) stopForTime(session, now);
  // While another key is waited for, nobody asks whether the instance is there.
  const overdue = keys.waitingUntil() === undefined ? instance.overdue(now) : undefined;
  if (overdue !== undefined) control.request(overdue, 0);
  if (inFlight === 0) stopIfAllWaitTooLong(session, now);
}

function stopForTime({ settings, control }: Session, now: number): void {
  control.request(
    { reason: 'time-limit', message: stopMessage.timeLimit },
    Math.max(0, settings.cutAt - now),
  );
}

/** Only removals are left that are to be tried again later than this run may wait. */
function stopIfAllWaitTooLong(session: Session, now: number): void {
  const { settings, effects, control, instance, work } = session;
  if (work.hasNew() || work.waitingCount() === 0 || instance.isOutage()) return;
  const dueAt = work.nextDueAt();
  const waitMs = dueAt - now;
  if (waitMs <= settings.maxOutageMs) {
    if (dueAt >= settings.startUntil) stopForTime(session, now);
    return;
  }
  const again = new Date(effects.clock.wallNow() + waitMs);
  control.request({ reason: 'outage', message: stopMessage.longWait(settings.host, waitMs, again) }, 0);
}
