import { readFile } from 'node:fs/promises';
import { FatalError } from '../exit-code.ts';
import { parseProtectList } from '../plan/protect-list.ts';
import { visibleText } from '../plan/visible-text.ts';
import { createTextDecoding } from './decode-text.ts';
import { readProblem } from './read-problem.ts';

/** How many of a list's bad lines a message shows. */
const listedProblems = 20;

/** The users on a protect list. Rejects with a FatalError (usage) that names every line in the way. */
export async function readProtectFile(path: string): Promise<ReadonlySet<number>> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw readProblem(path, error);
  });
  const decoding = createTextDecoding();
  const list = parseProtectList(decoding.decode(bytes) + decoding.end());
  if (list.kind === 'users') return list.users;
  const unlisted = list.problems.length - listedProblems;
  throw new FatalError(
    'usage',
    [
      `The protect list ${visibleText(path, 200)} cannot be used:`,
      ...list.problems.slice(0, listedProblems).map((problem) => `  ${problem}`),
      ...(unlisted > 0 ? [`  and ${unlisted} more`] : []),
    ].join('\n'),
  );
}
