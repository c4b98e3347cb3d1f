/** What the help says of one command, beside its options. */
export interface CommandText {
  readonly name: CommandName;
  /** How it is called, after `offboard`. */
  readonly call: string;
  /** What it does, in a sentence or two. */
  readonly purpose: string;
  /** One line for the list of commands. */
  readonly summary: string;
  readonly examples: readonly (readonly [command: string, meaning: string])[];
  readonly closing: string;
}

export const commandNames = ['run', 'plan', 'report', 'sandbox'] as const;
export type CommandName = (typeof commandNames)[number];

const sources =
  'The API key comes from --api-key-file or from PARADIGM_API_KEY; no flag takes it. Every option is also a variable ' +
  '(--max-removals: OFFBOARD_MAX_REMOVALS) and a key of the job file (max-removals: 500). Flags beat environment beat ' +
  'job file beat default. A switch is turned off with --no-…; times are 500ms, 30s, 10m, 2h.';

export const commandTexts: Readonly<Record<CommandName, CommandText>> = {
  run: {
    name: 'run',
    call: 'run <pairs.csv> [options]',
    purpose:
      'Removes every (workspace, user) pair of the CSV; - reads standard input. The same command again resumes.',
    summary: 'remove every (workspace, user) pair of the CSV',
    examples: [
      ['offboard run leavers.csv', 'show what will be done, ask, do it'],
      ['offboard run leavers.csv --yes --max-removals 2000', 'as a scheduled job, up to 2,000 removals'],
      ['offboard run --config jobs/offboard.yaml', 'all of it from a job file'],
    ],
    closing: `${sources}\n\nExit codes: 0 done, 2 usage or input, 20 a person is needed, 21 stopped: run again, 22 refused, 23 stopped for all, 24 folder in use, 25 folder does not fit, 1 a defect.`,
  },
  plan: {
    name: 'plan',
    call: 'plan <pairs.csv> [options]',
    purpose: 'Reads and checks everything and says what a run would do. Nothing is sent, no key is needed.',
    summary: 'say what a run would do, send nothing',
    examples: [
      ['offboard plan leavers.csv', 'check the file'],
      [
        'offboard plan leavers.csv --on-invalid skip --out check',
        'list every invalid record in check/invalid.csv',
      ],
    ],
    closing: sources,
  },
  report: {
    name: 'report',
    call: 'report <run-folder...> [options]',
    purpose:
      'Writes the report again from the journal; of several folders (shards) one merged report, to --out.',
    summary: 'write the report again from the journal',
    examples: [
      ['offboard report offboard-runs/20261124T235342Z-ab12', 'after a kill, say'],
      ['offboard report shard-1 shard-2 shard-3 --out all', 'one report of three shards'],
    ],
    closing: 'Its options are flags only.',
  },
  sandbox: {
    name: 'sandbox',
    call: 'sandbox [options]',
    purpose: 'Serves a local Paradigm look-alike on 127.0.0.1, to rehearse against. Ctrl-C ends it.',
    summary: 'serve a local Paradigm look-alike, to rehearse against',
    examples: [
      ['offboard sandbox --members leavers.csv', 'everybody in the file is a member'],
      ['offboard sandbox --limit 60/s --faults 0.1', 'with a rate limit, and one request in ten goes wrong'],
    ],
    closing: 'Its options are flags only.',
  },
};
