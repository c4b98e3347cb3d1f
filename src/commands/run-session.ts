import { hostname } from 'node:os';
import type { KeySource, Progress } from '../effects.ts';
import { createMembershipApi } from '../io/membership-api.ts';
import { heldFileSystem } from '../io/report-file-system.ts';
import { withdrawReport } from '../io/report-files.ts';
import type { RunFolder } from '../io/run-folder.ts';
import { systemClock } from '../io/system-clock.ts';
import { type RunningSession, startSession } from '../offboard.ts';
import { describeSettings } from '../options/describe-settings.ts';
import type { RunOptions } from '../options/run-options.ts';
import type { Plan } from '../plan/build-plan.ts';
import { fingerprint } from './prepare-run.ts';
import type { readProxySettings } from './proxy-settings.ts';
import type { RunDisplay } from './run-display.ts';
import type { ProcessSurroundings } from './surroundings.ts';

interface SessionNeeds {
  readonly options: RunOptions;
  readonly around: ProcessSurroundings;
  readonly display: RunDisplay;
  readonly plan: Plan;
  readonly folder: RunFolder;
  readonly proxies: ReturnType<typeof readProxySettings>;
  readonly key: { readonly source: KeySource; readonly firstKey: string };
}

/** One session from its first line in the journal to its last, with progress shown and signals heeded. */
export async function runSession(needs: SessionNeeds): Promise<void> {
  const { options, around, display, folder, proxies } = needs;
  for (const secret of proxies.secrets) display.hide(secret, '[password]');
  if (!options.dryRun) await withdrawReport(folder.path, heldFileSystem(folder.hold.look));
  // An attempt that may take longer than an outage could not be given up in time.
  const timeoutMs = Math.min(options.timeoutMs, options.maxOutageMs);
  const api = createMembershipApi({ ...options, timeoutMs, version: around.version, proxies });
  const session = start(needs, api);
  const { first } = around.signals;
  const interrupt = () => session.execution?.interrupt(around.signals.name());
  first.addEventListener('abort', interrupt);
  // It may have come while the run folder was being opened.
  if (first.aborted) interrupt();
  around.signals.beforeSecond(folder.journal.flushNow);
  display.showProgress(() => progressOf(needs, session));
  try {
    await session.ended;
  } finally {
    display.stopProgress();
    first.removeEventListener('abort', interrupt);
    await api.close();
  }
}

function start(
  { options, around, display, plan, folder, key }: SessionNeeds,
  api: ReturnType<typeof createMembershipApi>,
) {
  const { rate, dryRun, maxDurationMs, maxOutageMs, baseUrl } = options;
  return startSession({
    plan,
    folder,
    settings: {
      ...options,
      ratePerSecond: rate === 'off' ? Number.POSITIVE_INFINITY : rate,
      maxOutageMs,
      shards: options.shard?.count ?? 1,
      // The clock counts from the start of the process, as the time limit does.
      endsAt: maxDurationMs,
      beganAt: 0,
      host: new URL(baseUrl).host,
    },
    effects: {
      clock: systemClock,
      random: Math.random,
      api,
      keySource: key.source,
      firstKey: key.firstKey,
      fingerprint(newKey) {
        display.hide(newKey, '[api key]');
        return fingerprint(newKey);
      },
      log: display.log,
    },
    started: {
      host: hostname(),
      pid: around.pid,
      version: around.version,
      apiKeyFingerprint: dryRun ? null : fingerprint(key.firstKey),
      settings: describeSettings(options),
      dryRun,
      retryForbidden: options.retryForbidden,
    },
  });
}

function progressOf({ plan, folder }: SessionNeeds, { execution }: RunningSession): Progress {
  const counts = folder.memory.ledger.counts();
  const done = counts.removed + counts['not-found'] + counts.forbidden + counts.failed;
  return {
    removals: plan.counts.removals,
    done: Math.min(plan.counts.removals, done),
    counts,
    sent: execution?.sent() ?? 0,
    situation: execution?.situation() ?? { kind: 'running' },
  };
}
