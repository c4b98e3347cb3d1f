import type { Situation } from '../effects.ts';
import type { Session } from './session.ts';

/** Why nothing moves, in the order of what weighs most. */
export function situationOf(session: Session, inFlight: number, now: number): Situation {
  const { settings, effects, control, instance, keys, pacer, work } = session;
  const stop = control.stopped();
  if (stop !== undefined) {
    return {
      kind: 'stopping',
      because: stop.reason,
      inFlight,
      remainingMs: Math.max(0, control.cutAt() - now),
    };
  }
  const keyUntil = keys.waitingUntil();
  if (keyUntil !== undefined) return { kind: 'key-refused', stopsInMs: Math.max(0, keyUntil - now) };
  const failingSince = instance.failingSince();
  if (instance.isOutage() && failingSince !== undefined) {
    const stopsInMs = Math.max(0, instance.overdueAt() - now);
    return { kind: 'outage', host: settings.host, sinceMs: now - failingSince, stopsInMs };
  }
  if (pacer.heldUntil() > now) return { kind: 'held', remainingMs: pacer.heldUntil() - now };
  if (effects.journal.syncAgeMs(now) > syncLateMs) return { kind: 'disk-late' };
  if (inFlight === 0 && !work.hasNew() && work.nextDueAt() > now && work.waitingCount() > 0) {
    return { kind: 'waiting', remainingMs: work.nextDueAt() - now };
  }
  return { kind: 'running' };
}

/** While a sync is later than this, no request starts. */
export const syncLateMs = 1_000;
