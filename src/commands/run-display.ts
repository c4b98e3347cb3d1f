import type { Log, Progress } from '../effects.ts';
import { createLogger } from '../io/logger.ts';
import { type ProgressLine, startProgress } from '../io/progress-line.ts';
import { systemClock } from '../io/system-clock.ts';
import { readTerminal } from '../io/terminal.ts';
import type { RunOptions } from '../options/run-options.ts';
import type { ProcessSurroundings } from './surroundings.ts';

/** What a run shows on standard error while it works: its log, and on a terminal one live line. */
export interface RunDisplay {
  readonly log: Log;
  /** A line for people, on a terminal only. */
  readonly isTerminal: boolean;
  nameRun(runId: string): void;
  /** From now on `shown` stands in place of this text in whatever is written. */
  hide(secret: string, shown: string): void;
  showProgress(read: () => Progress): void;
  stopProgress(): void;
}

export function createRunDisplay(
  options: RunOptions,
  { stderr, environment }: ProcessSurroundings,
): RunDisplay {
  const terminal = readTerminal(stderr, environment);
  const isPretty = options.logFormat === 'pretty' || (options.logFormat === 'auto' && terminal.isTerminal);
  const secrets = new Map<string, string>();
  let progress: ProgressLine | undefined;
  let runId: string | undefined;
  const log = createLogger({
    write(line) {
      progress?.clearLine();
      stderr.write(line);
      progress?.redraw();
    },
    level: options.logLevel,
    format: isPretty ? 'pretty' : 'json',
    hasColours: terminal.hasColours,
    runId: () => runId,
    redact: (text) => [...secrets].reduce((clean, [secret, shown]) => clean.replaceAll(secret, shown), text),
  });
  return {
    log,
    isTerminal: terminal.isTerminal,
    nameRun(id) {
      runId = id;
    },
    hide: (secret, shown) => void (secret !== '' && secrets.set(secret, shown)),
    showProgress(read) {
      progress = startProgress({
        stream: stderr,
        isTerminal: terminal.canRedraw,
        hasColours: terminal.hasColours,
        columns: () => stderr.columns,
        log,
        clock: systemClock,
        read,
      });
    },
    stopProgress() {
      progress?.stop();
      progress = undefined;
    },
  };
}
