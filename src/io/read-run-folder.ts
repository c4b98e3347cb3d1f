import { join } from 'node:path';
import { FatalError } from '../exit-code.ts';
import type { JournalEvent, RunCreated } from '../journal/journal-event.ts';
import { createRunMemory, type RunMemory } from '../journal/run-memory.ts';
import type { Shard } from '../options/run-options.ts';
import type { Plan } from '../plan/build-plan.ts';
import { readRunCreated } from './find-run-folder.ts';
import { inputChanged, inputCopyName } from './input-copy.ts';
import { journalName } from './journal-file.ts';
import { readJournal, refuseUnreadableJournal } from './read-journal.ts';
import { readPlan } from './read-plan.ts';

/** A run folder as it was read, by itself: its input and its journal. */
export interface FoundRun {
  readonly folder: string;
  readonly created: RunCreated;
  readonly plan: Plan;
  readonly memory: RunMemory;
}

/** Rejects with a FatalError where it is no run folder (usage), or its journal begins no run (mismatch). */
export async function refuseNoRunFolder(folder: string): Promise<RunCreated> {
  const created = await readRunCreated(folder);
  if (created !== undefined) return created;
  await refuseUnreadableJournal(join(folder, journalName));
  throw new FatalError('usage', `${folder} is no run folder: it has no ${journalName}.`);
}

/**
 * Reads a run folder to its end; `onEvent` sees every event too. Nobody may work in it meanwhile. Rejects with a FatalError
 * where it is none (usage), or was changed (mismatch).
 */
export async function readRunFolder(
  folder: string,
  onEvent: (event: JournalEvent) => void,
): Promise<FoundRun> {
  const created = await refuseNoRunFolder(folder);
  const copy = join(folder, inputCopyName);
  const { plan, facts } = await readPlan(copy, {
    workspaceColumn: created.input.columns.workspace,
    userColumn: created.input.columns.user,
    shard: shardOf(created.shard),
    protectedUsers: new Set(),
  }).catch((error: unknown) => {
    // It could be read once: what cannot be any more is not what it was.
    throw error instanceof FatalError ? inputChanged(copy) : error;
  });
  if (facts.sha256 !== created.input.sha256) throw inputChanged(copy);
  const memory = createRunMemory(plan.table);
  await readJournal(join(folder, journalName), (event, offset) => {
    onEvent(event);
    return memory.apply(event, offset);
  });
  memory.ledger.close();
  if (memory.history.sessions() === 0)
    throw new FatalError('usage', `${folder} holds a run that never began; run its command again.`);
  return { folder, created, plan, memory };
}

function shardOf(text: string | null): Shard | undefined {
  if (text === null) return undefined;
  const [index = 1, count = 1] = text.split('/').map(Number);
  return { index, count };
}
