import type { Clock, Log, Progress } from '../effects.ts';
import { counted } from '../report/count-text.ts';
import { progressFacts, progressText } from '../report/progress-text.ts';
import { createRecentSpeed, type Speed } from '../report/recent-speed.ts';

/** Where progress is shown and what it is read from. */
export interface ProgressOptions {
  readonly stream: { write(text: string): unknown };
  /** Whether a line can be drawn again in its place; elsewhere a line of the log a minute says the same. */
  readonly isTerminal: boolean;
  readonly hasColours: boolean;
  /** The window's width now; undefined or 0 where it is not known. */
  columns(): number | undefined;
  readonly log: Log;
  readonly clock: Clock;
  read(): Progress;
}

/** Progress on display until it is stopped. */
export interface ProgressLine {
  /** Takes the line away for good. */
  stop(): void;
  /** Takes the line away so that another can be written in its place. */
  clearLine(): void;
  /** Puts it back. */
  redraw(): void;
}

/** Five times a second is as fast as people read. */
const redrawMs = 200;
const logMs = 60_000;
const speedWindowMs = 10_000;
const eraseLine = '\r\u001b[K';

/** Shows progress until `stop()`: one live line on a terminal, else one `run.progress` line of the log a minute. */
export function startProgress(options: ProgressOptions): ProgressLine {
  const { clock, read } = options;
  const recent = createRecentSpeed(speedWindowMs);
  const measure = (progress: Progress) =>
    recent.add({ at: clock.now(), sent: progress.sent, done: progress.done });
  measure(read());
  return options.isTerminal ? startLine(options, measure) : startLog(options, measure);
}

type Measure = (progress: Progress) => Speed;

function startLine(
  { stream, hasColours, columns, clock, read }: ProgressOptions,
  measure: Measure,
): ProgressLine {
  let shown = '';
  const clearLine = () => void (shown !== '' && stream.write(eraseLine));
  const redraw = () => void (shown !== '' && stream.write(`${eraseLine}${shown}`));
  const cancel = repeat(clock, redrawMs, () => {
    const progress = read();
    shown = progressText(progress, measure(progress), windowWidth(columns()), hasColours);
    redraw();
  });
  return {
    clearLine,
    redraw,
    stop() {
      cancel();
      clearLine();
      shown = '';
    },
  };
}

function startLog({ log, clock, read }: ProgressOptions, measure: Measure): ProgressLine {
  const cancel = repeat(clock, logMs, () => {
    const progress = read();
    const speed = measure(progress);
    const { percent, secondsLeft, situation } = progressFacts(progress, speed);
    const fields = {
      done: progress.done,
      removals: progress.removals,
      percent,
      requestsPerSecond: Number(speed.requestsPerSecond.toFixed(1)),
      secondsLeft,
      situation: progress.situation.kind,
      ...progress.counts,
    };
    const moved = `${percent} % of ${counted(progress.removals, 'removal')} done`;
    log.info('run.progress', fields, situation === undefined ? moved : `${moved}; ${situation}`);
  });
  const nothing = () => {};
  return { stop: cancel, clearLine: nothing, redraw: nothing };
}

/** Windows narrower than 20 columns are not worth a thought; a line over 400 is no easier to read. */
function windowWidth(columns: number | undefined): number {
  return Math.min(400, Math.max(20, columns || 80));
}

function repeat(clock: Clock, everyMs: number, callback: () => void): () => void {
  const again = () =>
    clock.after(everyMs, () => {
      callback();
      cancel = again();
    });
  let cancel = again();
  return () => cancel();
}
