import type { JournalEvent } from '../journal/journal-event.ts';
import { createForbiddenWatch } from '../policy/refusals.ts';
import type { Reply } from '../policy/reply.ts';
import { type Coverage, createCoverage } from './coverage.ts';
import type { ExecutionEffects, ExecutionSettings, ExecutionState } from './execution.ts';
import { createInstanceWatch } from './instance-watch.ts';
import { createJudge, type JudgeParts } from './judge.ts';
import { createKeyRing, type KeyRing } from './key-ring.ts';
import type { OpenRemoval } from './open-removal.ts';
import { createPacer } from './pacer.ts';
import { createRecorder } from './recorder.ts';
import { createRetries } from './retries.ts';
import { createStartMeter, type StartMeter } from './start-meter.ts';
import { createStopControl } from './stop-control.ts';
import { stopMessage } from './stop-message.ts';
import { createWork } from './work.ts';

/** The parts of one session, wired together. */
export interface Session extends JudgeParts {
  readonly settings: ExecutionSettings;
  readonly effects: ExecutionEffects;
  readonly coverage: Coverage;
  readonly meter: StartMeter;
  /** `now`: when the reply is taken in. */
  readonly judge: (removal: OpenRemoval, reply: Reply, now: number) => void;
}

/** `wake` is called when something changes that no reply brought. */
export function createSession(
  settings: ExecutionSettings,
  effects: ExecutionEffects,
  state: ExecutionState,
  wake: () => void,
): Session {
  const { clock, random, journal, log } = effects;
  const { records, ledger, record } = state;
  const meter = createStartMeter();
  const control = createStopControl(clock, ({ reason, message }) =>
    log.warn('run.stopping', { reason }, message),
  );
  const { durableBytes } = journal;
  const window = (now: number) => Math.max(2 * settings.concurrency, meter.recent(now)) - meter.unwritten();
  const recordNow = (event: JournalEvent): number => {
    const offset = record(event);
    // Requests wait for this line: it does not wait for the next batch. A failure shows as journal.failure().
    journal.flush().catch(() => undefined);
    return offset;
  };
  // One window for all: after a kill, what is covered and was not written may have been sent.
  const retries = createRetries({
    window: (now) => Math.min(window(now) / 2, window(now) - coverage.ahead()),
    record: recordNow,
    durableBytes,
  });
  const coverage = createCoverage({
    records,
    ledger,
    // One place is always left for a retry, so that both together keep to the window.
    window: (now) => window(now) - Math.max(1, retries.ahead()),
    record: recordNow,
    durableBytes,
  });
  const removedBefore = ledger.counts().removed + ledger.counts()['not-found'] > 0;
  const instance = createInstanceWatch(settings, effects);
  const parts: JudgeParts = {
    control,
    forbidden: createForbiddenWatch(settings.workspaces, removedBefore),
    instance,
    keys: keyRing(settings, effects, state, { control, instance }, wake),
    pacer: createPacer(settings.ratePerSecond, random, settings.shards),
    recorder: createRecorder(clock, state),
    work: createWork(records, ledger, coverage, retries),
  };
  return { ...parts, settings, effects, coverage, meter, judge: createJudge(settings, effects, parts) };
}

function keyRing(
  settings: ExecutionSettings,
  { keySource, firstKey, clock, fingerprint, log }: ExecutionEffects,
  { history, record }: ExecutionState,
  { control, instance }: Pick<JudgeParts, 'control' | 'instance'>,
  wake: () => void,
): KeyRing {
  return createKeyRing({
    source: keySource,
    firstKey,
    isFirstAccepted: history.isKeyAccepted(fingerprint(firstKey)),
    clock,
    onChanged(key) {
      const apiKeyFingerprint = fingerprint(key);
      record({ event: 'key-changed', at: new Date(clock.wallNow()).toISOString(), apiKeyFingerprint });
      log.info('key.changed', { apiKeyFingerprint }, 'the key file holds another key: going on with it');
      instance.keyChanged();
      wake();
    },
    onGone() {
      control.request(
        { reason: 'unauthorized', message: stopMessage.unauthorized('file') },
        settings.graceMs,
      );
      wake();
    },
  });
}
