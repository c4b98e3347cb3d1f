import type { Clock, Log } from '../effects.ts';
import type { JournalEvent } from '../journal/journal-event.ts';
import { createWallShiftWatch } from '../policy/wall-shift.ts';
import { timeWords } from '../report/time-words.ts';

/** Writes an event; returns its offset in the journal. */
type WriteEvent = (event: JournalEvent) => number;

/**
 * Records events, and says in the journal where the wall clock was set between them: their instants are read from it. A
 * machine that slept shows the same way.
 */
export function mindWallClock(record: WriteEvent, clock: Clock, log: Log): WriteEvent {
  const readings = () => ({ monotonicMs: clock.now(), wallMs: clock.wallNow() });
  const watch = createWallShiftWatch(readings());
  return (event) => {
    const shiftMs = 'at' in event ? watch.moved(readings()) : undefined;
    if (shiftMs !== undefined) {
      const text = `the wall clock moved ${timeWords(Math.abs(shiftMs))} ${shiftMs < 0 ? 'back' : 'ahead'} during the run: instants from before and after do not compare`;
      record({ event: 'warning', at: new Date(clock.wallNow()).toISOString(), text });
      log.warn('clock.moved', { shiftMs: Math.round(shiftMs) }, text);
    }
    return record(event);
  };
}
