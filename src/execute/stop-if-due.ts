import type { Session } from './session.ts';
import { stopMessage } from './stop-message.ts';

/** Requests the session's stop where its time has come: time limit, outage, a wait that is too long, a lost journal. */
export function stopIfDue(session: Session, inFlight: number, now: number): void {
  const { settings, effects, control, instance } = session;
  const failure = effects.journal.failure();
  if (failure !== undefined) {
    control.request({ reason: 'journal', message: failure.message }, settings.graceMs);
  }
  if (now >= settings.startUntil) {
    control.request(
      { reason: 'time-limit', message: stopMessage.timeLimit },
      Math.max(0, settings.cutAt - now),
    );
  }
  const overdue = instance.overdue(now);
  if (overdue !== undefined) control.request(overdue, 0);
  if (inFlight === 0) stopIfAllWaitTooLong(session, now);
}

/** Only removals are left that the server asked to try again later than this run may wait. */
function stopIfAllWaitTooLong({ settings, effects, control, instance, work }: Session, now: number): void {
  if (work.hasNew() || work.waitingCount() === 0 || instance.isOutage()) return;
  const waitMs = work.nextDueAt() - now;
  if (!Number.isFinite(waitMs) || (waitMs <= settings.maxOutageMs && now + waitMs <= settings.startUntil))
    return;
  const again = new Date(effects.clock.wallNow() + waitMs);
  control.request({ reason: 'outage', message: stopMessage.longWait(settings.host, waitMs, again) }, 0);
}
