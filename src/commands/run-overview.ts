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
  /** Any of them was more than a dry run. */
  readonly isReal: boolean;
}

/**
 * Reads a run folder without holding it, to say what a session with these options and this protect list would try; what
 * counts is read again once it is held.
 */
export async function peekRun(
  folder: string,
  plan: Plan,
  { retryForbidden }: RunOptions,
): Promise<EarlierSessions> {
  const { ledger, history, apply } = createRunMemory(plan.table);
  await readJournal(join(folder, journalName), apply);
  ledger.beginSession(retryForbidden);
  ledger.apply({ event: 'protected', lines: [...plan.protectedLines()] }, -1);
  return {
    sessions: history.sessions(),
    left: countLeft(plan.table, ledger),
    isReal: history.hasRealSession(),
  };
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
