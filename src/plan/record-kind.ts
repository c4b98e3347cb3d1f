/**
 * What a record is before anything is sent. `elsewhere` belongs to another shard. Protection is not a kind:
 * the list may change between sessions, so it is kept with what the journal knows.
 */
export type RecordKind = 'removal' | 'invalid' | 'duplicate' | 'elsewhere';

/** The records of an input by index from 0, in its order; about 20 bytes each. */
export interface RecordTable {
  readonly size: number;
  kindAt(index: number): RecordKind;
  /** The line the record starts on; the header is line 1. */
  lineAt(index: number): number;
  /** Workspace id of a removal. */
  workspaceAt(index: number): number;
  /** User id of a removal. */
  userAt(index: number): number;
  /** Of a duplicate: the line where its pair stands first. */
  firstLineAt(index: number): number;
  /** The record that starts on this line, or -1. */
  indexOfLine(line: number): number;
}
