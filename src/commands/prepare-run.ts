import { createHash } from 'node:crypto';
import { FatalError } from '../exit-code.ts';
import { createKeySource, readFirstKey } from '../io/key-source.ts';
import { readProtectFile } from '../io/protect-file.ts';
import { readPlan } from '../io/read-plan.ts';
import { spoolStandardInput } from '../io/spool-input.ts';
import { systemClock } from '../io/system-clock.ts';
import { journalSchemaVersion, type RunCreated } from '../journal/journal-event.ts';
import type { RunOptions } from '../options/run-options.ts';
import type { Plan } from '../plan/build-plan.ts';
import { checkPlan } from '../plan/check-plan.ts';
import { countText } from '../report/count-text.ts';
import { newRunId } from './choose-run-folder.ts';
import type { ProcessSurroundings } from './surroundings.ts';

/** Everything a run needs before it touches a run folder: read, checked, and found good. */
export interface PreparedRun {
  readonly plan: Plan;
  /** What a new journal begins with. */
  readonly created: RunCreated;
  readonly warnings: readonly string[];
}

/** Where the input can be read from as often as needed; `remove` takes a spooled one away. */
export interface InputPlace {
  readonly path: string;
  remove(): Promise<void>;
}

/** Standard input is spooled to a file, any other input is read where it lies. */
export async function placeInput(
  options: RunOptions,
  { stdin, signals }: ProcessSurroundings,
): Promise<InputPlace> {
  if (options.input !== '-') return { path: options.input, remove: () => Promise.resolve() };
  return spoolStandardInput(stdin, { fallbackFolder: options.runsFolder, signal: signals.first });
}

/** Reads and checks the input. Rejects with a FatalError where nothing may be sent. */
export async function prepareRun(
  options: RunOptions,
  path: string,
  { version, signals }: ProcessSurroundings,
): Promise<PreparedRun> {
  const protectedUsers =
    options.protect === undefined ? new Set<number>() : await readProtectFile(options.protect);
  const { workspaceColumn, userColumn, shard } = options;
  const { plan, facts } = await readPlan(path, {
    workspaceColumn,
    userColumn,
    shard,
    protectedUsers,
    signal: signals.first,
    ...(options.input === '-' ? { name: 'standard input' } : {}),
  });
  const refusal = checkPlan(plan, options);
  if (refusal !== undefined) throw refusal;
  const { header, workspace, user } = plan.columns;
  const created: RunCreated = {
    event: 'run-created',
    schemaVersion: journalSchemaVersion,
    tool: { name: 'paradigm-offboard', version },
    runId: newRunId(systemClock.wallNow()),
    at: new Date(systemClock.wallNow()).toISOString(),
    input: {
      path: options.input,
      sha256: facts.sha256,
      bytes: facts.bytes,
      records: plan.fileCounts.records,
      columns: { workspace: header[workspace] ?? '', user: header[user] ?? '' },
    },
    target: { baseUrl: options.baseUrl, scope: options.scope },
    shard: shard === undefined ? null : `${shard.index}/${shard.count}`,
  };
  return { plan, created, warnings: facts.warnings };
}

/** The key and where it comes from. A dry run needs none. */
export async function prepareKey(
  { apiKeyFile, dryRun }: RunOptions,
  { environment, signals }: ProcessSurroundings,
) {
  const environmentKey = environment['PARADIGM_API_KEY'];
  const source = createKeySource(apiKeyFile, environmentKey);
  const limits = { clock: systemClock, signal: signals.first };
  const firstKey = dryRun ? '' : await readFirstKey(apiKeyFile, environmentKey, limits);
  return { source, firstKey };
}

/** What is safe to say of a key. */
export function fingerprint(key: string): string {
  return `sha256:${createHash('sha256').update(key).digest('hex').slice(0, 12)}`;
}

/** The question was not answered with the number it asked for. */
export function refusedByAnswer(removals: number): FatalError {
  return new FatalError(
    'refused',
    `The answer was not ${countText(removals)}, the number of removals that it asked for; nothing was sent.`,
  );
}
