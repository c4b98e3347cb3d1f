import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { FatalError } from '../exit-code.ts';
import { findUnfinishedRun, readRunCreated } from '../io/find-run-folder.ts';
import { refuseHeldFolder } from '../io/lock-file.ts';
import type { RunCreated } from '../journal/journal-event.ts';
import { describeMismatch, identityOf, type RunIdentity } from '../journal/run-identity.ts';
import type { RunOptions } from '../options/run-options.ts';

/** Where a run works. */
export interface ChosenFolder {
  readonly path: string;
  /** The run that is resumed; undefined where it is a new one. */
  readonly resumed: RunCreated | undefined;
  /** It was found among the earlier runs, not named: to be said. */
  readonly isFound: boolean;
}

/**
 * The run folder of the contract's `--out`: the one named, else the newest unfinished run of the same input, else a new
 * one. Nothing is made or changed yet. Rejects with a FatalError where it is held or belongs to something else.
 */
export async function chooseRunFolder(
  options: RunOptions,
  identity: RunIdentity,
  runId: string,
): Promise<ChosenFolder> {
  const { out, runsFolder, fresh, retryForbidden } = options;
  const found =
    out === undefined && !fresh ? await findUnfinishedRun(runsFolder, identity, retryForbidden) : undefined;
  const path = out ?? found ?? join(runsFolder, runId);
  const resumed = await readRunCreated(path);
  if (resumed !== undefined) {
    if (fresh)
      throw new FatalError('usage', `--fresh asks for a new run, but ${path} holds one; name another --out.`);
    const mismatch = describeMismatch(identityOf(resumed), identity);
    if (mismatch !== undefined) {
      throw new FatalError(
        'mismatch',
        `The run folder ${path} belongs to another run: ${mismatch}; nothing was sent.`,
      );
    }
  }
  await refuseHeldFolder(path);
  return { path, resumed, isFound: found !== undefined };
}

/** `20261124T235342Z-3f9a1c`: when it began, and what tells it from another one that began in the same second. */
export function newRunId(wallNow: number): string {
  const at = new Date(wallNow).toISOString().replace(/[-:]|\.\d+/g, '');
  return `${at}-${randomBytes(3).toString('hex')}`;
}
