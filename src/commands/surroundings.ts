import type { Readable, Writable } from 'node:stream';
import type { Environment } from '../options/given-option.ts';

/** What a command needs of its process; main.ts alone touches the process itself. */
export interface ProcessSurroundings {
  readonly environment: Environment;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable;
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly pid: number;
  /** The program of the process that tells watchers. */
  readonly teller: URL;
  readonly version: string;
  readonly signals: Signals;
  /** Says on standard error what ended the command; returns the exit code. */
  explain(error: unknown): number;
}

/** SIGTERM and SIGINT. */
export interface Signals {
  /** Aborted by the first signal; its reason is a FatalError that says so. */
  readonly first: AbortSignal;
  /** The first signal's name. */
  name(): string;
  /** Called on the second signal, right before the process ends. */
  beforeSecond(callback: () => void): void;
}
