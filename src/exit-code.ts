/** One row of the exit-code table: README and jobs/README.md are checked against it. */
export interface ExitCodeRow {
  readonly code: number;
  readonly meaning: string;
  /** What has been sent when a run ends so: 'nothing', 'nothing more', or '' where requests may have been sent. */
  readonly sent: 'nothing' | 'nothing more' | '';
  readonly runAgain: string;
}

/** Every way `offboard` ends. Node.js itself uses 1 to 14, so ours begin at 20; an unknown code means failure. */
export const exitCodes = {
  done: {
    code: 0,
    meaning:
      'every record is `removed`, `not-found`, `duplicate` or `protected` (or a dry run found no problem)',
    sent: '',
    runAgain: 'no need',
  },
  defect: {
    code: 1,
    meaning: 'a defect, or the journal or the report cannot be written',
    sent: '',
    runAgain: 'look first',
  },
  usage: {
    code: 2,
    meaning: 'usage, configuration or input is wrong',
    sent: 'nothing',
    runAgain: 'after mending',
  },
  attention: {
    code: 20,
    meaning: 'done, but some records are `forbidden`, `failed` or `invalid`: a person is needed',
    sent: '',
    runAgain:
      'after mending; the same command tries `failed` again, with `--retry-forbidden` also `forbidden`',
  },
  stopped: {
    code: 21,
    meaning:
      'stopped before the end (signal, time limit, outage, throttled too long): the same command goes on',
    sent: '',
    runAgain: 'yes',
  },
  refused: {
    code: 22,
    meaning: 'more removals than `--max-removals`, or the question was answered no',
    sent: 'nothing',
    runAgain: 'after a look',
  },
  stoppedForAll: {
    code: 23,
    meaning: 'stopped for all: key refused, all forbidden, not the API that answers, certificate or proxy',
    sent: '',
    runAgain: 'after mending',
  },
  held: {
    code: 24,
    meaning: 'another run holds this run folder',
    sent: 'nothing more',
    runAgain: 'later',
  },
  mismatch: {
    code: 25,
    meaning: 'run folder and input, target or shard do not belong together, or the folder was changed',
    sent: 'nothing',
    runAgain: 'after a look',
  },
} as const satisfies Record<string, ExitCodeRow>;

/** The name of a way to end. */
export type ExitName = keyof typeof exitCodes;

/** Ends the run: one line for the operator, no stack. Every other exception is a defect (exit 1, with its stack). */
export class FatalError extends Error {
  readonly exit: ExitName;

  constructor(exit: ExitName, message: string) {
    super(message);
    this.name = 'FatalError';
    this.exit = exit;
  }
}
