/** What one source says about one option. */
export interface GivenOption {
  readonly text: string;
  /** Where it stands, for messages: `flag --rate`, `environment OFFBOARD_RATE`, `job file job.yaml, key rate`. */
  readonly origin: string;
}

/** What one source says, by option name. */
export type GivenOptions = ReadonlyMap<string, GivenOption>;

/** The process's variables, as far as they are set. */
export type Environment = Readonly<Record<string, string | undefined>>;
