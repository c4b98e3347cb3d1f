import { confirmRemovals, openTerminal } from '../io/confirm.ts';
import type { RunOptions } from '../options/run-options.ts';
import type { ProcessSurroundings } from './surroundings.ts';

/**
 * Shows the overview where somebody watches and, unless `--yes`, asks. True where the run may go on. With standard input
 * as the CSV the terminal itself is asked; where there is none, nobody is.
 */
export async function askFirst(
  options: RunOptions,
  { stdin, stderr, signals }: ProcessSurroundings,
  overview: string,
  removals: number,
): Promise<boolean> {
  if (stderr.isTTY !== true) return true;
  const terminal = options.input === '-' ? terminalItself() : undefined;
  const input = options.input === '-' ? terminal : stdin;
  if (options.yes || removals === 0 || input?.isTTY !== true) {
    stderr.write(`${overview}\n\n`);
    terminal?.destroy();
    return true;
  }
  try {
    return await confirmRemovals({ input, output: stderr, overview, removals, signal: signals.first });
  } finally {
    terminal?.destroy();
    signals.first.throwIfAborted();
  }
}

function terminalItself(): ReturnType<typeof openTerminal> | undefined {
  try {
    return openTerminal();
  } catch {
    return undefined;
  }
}
