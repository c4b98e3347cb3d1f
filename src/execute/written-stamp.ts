import type { Clock } from '../effects.ts';
import type { Pacer } from './pacer.ts';
import type { StartMeter } from './start-meter.ts';

/**
 * Tells the pace when requests are written. The client says so right before it writes one: surely it is written once that call
 * of the client's is over. One stamp serves all that are written with it. `startsAt` is told when the next one may start,
 * where the pace waited for one of them: then no reply is sure to come before.
 */
export function createWrittenStamp(
  clock: Clock,
  meter: StartMeter,
  pacer: Pacer,
  startsAt: (at: number) => void,
): () => void {
  let beingWritten = 0;

  function stamp(): void {
    const now = clock.now();
    let startAt = Number.POSITIVE_INFINITY;
    for (; beingWritten > 0; beingWritten -= 1) {
      meter.sent();
      startAt = Math.min(startAt, pacer.sent(now));
    }
    startsAt(startAt);
  }

  return () => {
    beingWritten += 1;
    if (beingWritten === 1) queueMicrotask(stamp);
  };
}
