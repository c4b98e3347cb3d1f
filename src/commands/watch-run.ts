import { systemClock } from '../io/system-clock.ts';
import { startTeller } from '../io/teller.ts';
import type { Environment } from '../options/given-option.ts';
import type { RunOptions } from '../options/run-options.ts';
import type { ReportJson } from '../report/report-json.ts';
import { readProxySettings } from './proxy-settings.ts';
import type { RunDisplay } from './run-display.ts';
import type { ProcessSurroundings } from './surroundings.ts';
import { createWatchers } from './watchers.ts';

/** How far a run has come, filled in as it goes: whoever watches is told this much, however it ends. */
export interface RunCourse {
  folder?: string | undefined;
  report?: ReportJson;
  heldSeconds?: number;
}

/** A watcher that has not answered by then is given up: an end is not delayed by more than 10 s. */
const tellWithinMs = 9_500;

/** Carries out `run`, and tells those who watch of its start and of its end. Resolves to the exit code, whatever `run` does. */
export async function watchRun(
  options: RunOptions,
  around: ProcessSurroundings,
  display: RunDisplay,
  run: (course: RunCourse) => Promise<number>,
): Promise<number> {
  const watchers = createWatchers({
    options,
    proxies: proxiesOf(around),
    log: display.log,
    startTeller: () =>
      startTeller({ program: around.teller, environment: withoutKey(around), limitMs: tellWithinMs }),
  });
  const course: RunCourse = {};
  const end = (exitCode: number) => {
    const { folder, report, heldSeconds = 0 } = course;
    return watchers.ended({
      version: around.version,
      exitCode,
      reason: report?.run.reason ?? null,
      endedAtMs: systemClock.wallNow(),
      // The clock counts from the start of the process.
      seconds: Math.round(systemClock.now()) / 1_000,
      heldSeconds,
      folder,
      report,
    });
  };
  watchers.started();
  // What went wrong is said before anybody is told: that may take a while, and somebody may end the process meanwhile.
  const exitCode = await run(course).catch((error: unknown) => around.explain(error));
  await end(exitCode);
  return exitCode;
}

/** What is wrong with them is said by the run itself, which needs them, too. */
function proxiesOf({ environment }: ProcessSurroundings) {
  try {
    return readProxySettings(environment);
  } catch {
    return { httpProxy: '', httpsProxy: '', noProxy: '' };
  }
}

function withoutKey({ environment }: ProcessSurroundings): Environment {
  const { PARADIGM_API_KEY: _, ...others } = environment;
  return others;
}
