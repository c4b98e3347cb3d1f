import { join } from 'node:path';
import { journalName } from '../io/journal-file.ts';
import { readJournal } from '../io/read-journal.ts';
import { countLeft } from '../journal/outcome-of.ts';
import { createRunMemory } from '../journal/run-memory.ts';
import type { RunOptions } from '../options/run-options.ts';
import type { Plan } from '../plan/build-plan.ts';
import { renderOverview } from '../report/overview.ts';
import type { PreparedRun } from './prepare-run.ts';

/** What earlier sessions of a run have done. */
export interface EarlierSessions {
  readonly sessions: number;
  readonly left: number;
}

/** Reads a run folder without holding it, to say what is left in it; what counts is read again once it is held. */
export async function peekRun(folder: string, plan: Plan): Promise<EarlierSessions> {
  const memory = createRunMemory(plan.table);
  await readJournal(join(folder, journalName), memory.apply);
  memory.ledger.close();
  return { sessions: memory.history.sessions(), left: countLeft(plan.table, memory.ledger) };
}

/** What a run is about to do, and how many removals it would send. */
export function overviewOf(
  options: RunOptions,
  { plan, created }: PreparedRun,
  run: {
    readonly folder: string | undefined;
    readonly apiKeyFingerprint: string | null;
    readonly earlier: EarlierSessions | undefined;
  },
): { readonly text: string; readonly left: number } {
  const { removals, duplicates, invalid, protected: kept } = plan.counts;
  const left = Math.min(removals, run.earlier?.left ?? removals);
  const text = renderOverview({
    ...created.target,
    apiKeyFingerprint: run.apiKeyFingerprint,
    input: created.input.path,
    columns: created.input.columns,
    shard: created.shard,
    runFolder: run.folder,
    earlierSessions: run.earlier?.sessions ?? 0,
    removals,
    settled: removals - left,
    users: plan.users,
    workspaces: plan.workspaces,
    duplicates,
    invalid,
    protected: kept,
    rate: options.rate,
    concurrency: options.concurrency,
  });
  return { text, left };
}
