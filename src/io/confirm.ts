import { openSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { ReadStream } from 'node:tty';
import { countText } from '../report/count-text.ts';

/** The last question before the first request. */
export interface Question {
  readonly input: Readable;
  readonly output: { write(text: string): unknown };
  /** What is about to happen, in lines. */
  readonly overview: string;
  /** What will be sent; the answer has to name this number. */
  readonly removals: number;
  /** Ends the question (Ctrl-C); the answer is then no. */
  readonly signal: AbortSignal;
}

/**
 * Shows what is about to happen and asks for the number of removals: a number has to be read, a `y` is typed blindly.
 * True only where exactly that was typed; there is no second chance. The end of the input (Ctrl-D) is a no.
 */
export async function confirmRemovals({
  input,
  output,
  overview,
  removals,
  signal,
}: Question): Promise<boolean> {
  output.write(`${overview}\n\nTo go on, type the number of removals (${countText(removals)}): `);
  const answer = await readLine(input, signal);
  // Ctrl-D leaves the cursor behind the question.
  if (answer === undefined) output.write('\n');
  return answer?.trim().replaceAll(',', '') === String(removals);
}

/** The terminal itself, for a run whose standard input is the CSV; throws the system's error where there is none. */
export function openTerminal(path = '/dev/tty'): ReadStream {
  // Not a file stream: that one would hold up the process's end until somebody types.
  return new ReadStream(openSync(path, 'r'));
}

/** The next line, without its break; undefined at the end of the input or once `signal` aborts. */
async function readLine(input: Readable, signal: AbortSignal): Promise<string | undefined> {
  if (signal.aborted) return undefined;
  // Not in raw mode: Ctrl-C stays a signal of the process.
  const lines = createInterface({ input, terminal: false });
  const onAbort = () => lines.close();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await new Promise((resolve) => {
      lines.once('line', resolve);
      lines.once('close', () => resolve(undefined));
      // A terminal that is gone (EIO) answers nothing.
      lines.once('error', () => resolve(undefined));
    });
  } finally {
    signal.removeEventListener('abort', onAbort);
    lines.close();
  }
}
