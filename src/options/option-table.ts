import type { OptionParser } from './option-parser.ts';

/** One option of a command: the same row serves its flag, its variable, its job-file key and its help. */
export interface OptionRow<Value = unknown> {
  /** The heading it stands under in the help. */
  readonly group: string;
  readonly description: string;
  /**
   * `switch` is on or off and takes no value as a flag; a `path` is relative to the job file that names it;
   * `text` and `path` have to be strings in a job file, so that YAML does not turn a name into a number.
   */
  readonly takes: 'switch' | 'path' | 'text' | 'value';
  readonly parse: OptionParser<Value>;
  /** As an operator would write it; without it the option is undefined until somebody gives it. */
  readonly byDefault?: string;
  /** What the help says of the default where that is no fixed value. */
  readonly defaultWords?: string;
}

/** By kebab-case name; the order is the one of the help. */
export type OptionTable = Readonly<Record<string, OptionRow>>;

/** What a table's options are once they are read. */
export type OptionValues<Table extends OptionTable> = {
  readonly [Name in keyof Table]: Table[Name] extends OptionRow<infer Value>
    ? Table[Name] extends { readonly byDefault: string }
      ? Value
      : Value | undefined
    : never;
};
