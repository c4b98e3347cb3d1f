import { isAbsolute, join, resolve } from 'node:path';
import { inputCopyName } from '../io/input-copy.ts';
import type { RunOptions } from '../options/run-options.ts';
import { unprintable } from '../plan/visible-text.ts';

/** The command that goes on with the run in this folder, ready to be pasted; after a dry run the one that runs it. */
export function nextCommand(options: RunOptions, folder: string): string {
  const { dryRun, out, repeat, completionIndex } = options;
  // Found by its folder it is this run, also where a newer one of the same list has been left unfinished since.
  const outWords =
    dryRun || out !== undefined
      ? []
      : ['--out', isAbsolute(options.input) ? resolve(folder) : fromHere(folder)];
  const words = ['offboard', 'run', ...inputWords(options, folder), ...repeat, ...outWords];
  // Shown, they would be escaped, and no longer be what they are.
  if (words.some((word) => word.search(unprintable) >= 0)) return nextAfterReport(folder);
  const index = completionIndex === undefined ? '' : `JOB_COMPLETION_INDEX=${completionIndex} `;
  return index + words.map(shellQuoted).join(' ');
}

function inputWords({ input, isInputTyped, dryRun }: RunOptions, folder: string): readonly string[] {
  // Standard input has been read; the folder has what came.
  if (input === '-' && !dryRun) return [fromHere(join(folder, inputCopyName))];
  if (!isInputTyped) return [];
  return [fromHere(input)];
}

/** A path that begins with a dash would be a flag; a dash alone is standard input. */
function fromHere(path: string): string {
  return /^-./.test(path) ? `./${path}` : path;
}

/** What goes on with the run in this folder, where only its journal is known: in words, since nobody knows the flags. */
export function nextAfterReport(folder: string): string {
  return `the same offboard run … command, without --fresh, with --out ${shellQuoted(folder)}`;
}

function shellQuoted(word: string): string {
  return /^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
