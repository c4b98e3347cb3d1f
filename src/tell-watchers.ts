import type { TellerAnswer, TellerMessage } from './io/teller.ts';
import { reasonOf, tell } from './io/telling.ts';

/** The process that tells watchers, for io/teller.ts: it may hang, and is then killed. */

process.on('message', ({ id, telling }: TellerMessage) => {
  tell(telling).then(
    () => answer({ id }),
    (error: unknown) => answer({ id, because: reasonOf(error) }),
  );
});

// Whoever asked has ended, and nothing here may outlive it: leaving in order would wait for what hangs.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));

function answer(message: TellerAnswer): void {
  process.send?.(message, undefined, undefined, () => undefined);
}
