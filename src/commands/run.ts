import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exitCodes, FatalError } from '../exit-code.ts';
import { openRunFolder } from '../io/run-folder.ts';
import { systemClock } from '../io/system-clock.ts';
import { isAllSettled } from '../journal/outcome-of.ts';
import type { RunOptions } from '../options/run-options.ts';
import type { Plan } from '../plan/build-plan.ts';
import { askFirst } from './ask-first.ts';
import { type ChosenFolder, chooseRunFolder } from './choose-run-folder.ts';
import { finishRun } from './finish-run.ts';
import {
  fingerprint,
  type InputPlace,
  type PreparedRun,
  placeInput,
  prepareKey,
  prepareRun,
  refusedByAnswer,
} from './prepare-run.ts';
import { readProxySettings } from './proxy-settings.ts';
import { createRunDisplay, type RunDisplay } from './run-display.ts';
import { type EarlierSessions, overviewOf, peekRun } from './run-overview.ts';
import type { ProcessSurroundings } from './surroundings.ts';
import { type RunCourse, watchRun } from './watch-run.ts';

/** `offboard run` and, with `dryRun`, `offboard plan`. Resolves to the exit code, once who watches has been told. */
export async function runCommand(options: RunOptions, around: ProcessSurroundings): Promise<number> {
  const display = createRunDisplay(options, around);
  return watchRun(options, around, display, (course) => readAndRun({ options, around, display, course }));
}

/** What every step of a run is given. */
interface Asked {
  readonly options: RunOptions;
  readonly around: ProcessSurroundings;
  readonly display: RunDisplay;
  readonly course: RunCourse;
}

async function readAndRun(asked: Asked): Promise<number> {
  const { options, around, display } = asked;
  const input = await placeInput(options, around);
  try {
    const prepared = await prepareRun(options, input.path, around);
    for (const warning of prepared.warnings) display.log.warn('input.warning', {}, warning);
    if (!options.dryRun || options.out !== undefined) return await runIn(asked, input, prepared);
    return await planOnly(asked, input, prepared);
  } finally {
    display.stopProgress();
    await input.remove();
  }
}

/** A dry run without a run folder: its result is the overview. Only `--json` needs the files, for a moment. */
async function planOnly(asked: Asked, input: InputPlace, prepared: PreparedRun): Promise<number> {
  const { options, around } = asked;
  if (options.json) {
    const folder = await mkdtemp(join(tmpdir(), 'offboard-plan-'));
    try {
      return await runIn({ ...asked, options: { ...options, out: join(folder, 'run') } }, input, prepared);
    } finally {
      await rm(folder, { recursive: true, force: true });
      asked.course.folder = undefined;
    }
  }
  const overview = overviewOf(options, prepared, {
    folder: undefined,
    apiKeyFingerprint: null,
    earlier: undefined,
  });
  around.stdout.write(`${overview.text}\n\nNothing was sent: this is what a run would do.\n`);
  const { code } = prepared.plan.counts.invalid > 0 ? exitCodes.attention : exitCodes.done;
  return code;
}

/**
 * What earlier sessions did, where somebody is shown it. A dry run's report says that nothing was attempted: it must not
 * stand where a real run's does.
 */
async function peekIfNeeded(
  options: RunOptions,
  { path, resumed }: ChosenFolder,
  plan: Plan,
  isShown: boolean,
): Promise<EarlierSessions | undefined> {
  if (resumed === undefined || !(isShown || options.dryRun)) return undefined;
  const earlier = await peekRun(path, plan, options);
  if (options.dryRun && earlier.isReal) throw holdsRealRun(path);
  return earlier;
}

function holdsRealRun(path: string): FatalError {
  return new FatalError(
    'usage',
    `The run folder ${path} holds a real run, whose report a dry run would replace; name another --out, or none.`,
  );
}

async function runIn(
  { options, around, display, course }: Asked,
  input: InputPlace,
  { plan, created }: PreparedRun,
): Promise<number> {
  const { log } = display;
  const key = await prepareKey(options, around);
  const proxies = readProxySettings(around.environment);
  display.hide(key.firstKey, '[api key]');
  const { input: file, target, shard } = created;
  const identity = { sha256: file.sha256, ...target, shard, columns: file.columns };
  const chosen = await chooseRunFolder(options, identity, created.runId);
  display.nameRun(chosen.resumed?.runId ?? created.runId);
  if (chosen.isFound)
    log.info('run.resumed', { folder: chosen.path }, 'going on with the newest unfinished run of this input');

  const earlier = await peekIfNeeded(options, chosen, plan, display.isTerminal);
  const overview = overviewOf(
    options,
    { plan, created, warnings: [] },
    { folder: chosen.path, apiKeyFingerprint: options.dryRun ? null : fingerprint(key.firstKey), earlier },
  );
  if (!options.dryRun && !(await askFirst(options, around, overview.text, overview.left)))
    throw refusedByAnswer(overview.left);
  around.signals.first.throwIfAborted();

  const folder = await openRunFolder({
    path: chosen.path,
    created,
    records: plan.table,
    inputPath: input.path,
    clock: systemClock,
    pid: around.pid,
    signal: around.signals.first,
    warn: (message) => log.warn('folder.lock', {}, message),
    // A real run may have begun there since it was looked at.
    approve({ history }) {
      if (options.dryRun && history.hasRealSession()) throw holdsRealRun(chosen.path);
    },
  });
  course.folder = chosen.path;
  try {
    const { ledger, history } = folder.memory;
    const wantsForbidden = options.retryForbidden && ledger.counts().forbidden > 0;
    const isDone =
      history.lastEnd() !== undefined &&
      !wantsForbidden &&
      isAllSettled(plan.table, ledger, plan.protectedLines());
    if (isDone) log.info('run.finished-before', {}, 'every record is settled already: nothing is sent');
    else {
      // Loaded only here: most of the time that a run takes to start is the HTTP client's.
      const { runSession } = await import('./run-session.ts');
      await runSession({ options, around, display, plan, folder, key, proxies });
      course.heldSeconds = history.lastEnd()?.heldSeconds ?? 0;
    }
    course.report = await finishRun(options, around, folder, plan);
    return course.report.run.exitCode;
  } finally {
    await folder.close();
  }
}
