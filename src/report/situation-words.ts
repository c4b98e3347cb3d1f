import type { Progress } from '../effects.ts';
import { counted } from './count-text.ts';
import { timeWords } from './time-words.ts';

/** Why nothing moves, in a few words; undefined where it does. */
export function situationWords({ situation, removals, done }: Progress): string | undefined {
  switch (situation.kind) {
    case 'running':
      return undefined;
    case 'held':
      return `held: the API asked to wait ${timeWords(situation.remainingMs)}`;
    case 'outage':
      return `instance unreachable for ${timeWords(situation.sinceMs)}, stops in ${timeWords(situation.stopsInMs)}`;
    case 'key-refused':
      return `key refused: waiting for a new one in the key file, stops in ${timeWords(situation.stopsInMs)}`;
    case 'waiting':
      return `waiting ${timeWords(situation.remainingMs)} to try ${counted(removals - done, 'removal')} again`;
    case 'disk-late':
      return 'the disk is late';
    case 'stopping':
      return (
        `stopping (${situation.because}): ${counted(situation.inFlight, 'request')} in flight, ` +
        `${timeWords(situation.remainingMs)} left`
      );
  }
}
