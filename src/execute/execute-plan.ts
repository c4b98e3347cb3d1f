import pLimit from 'p-limit';
import type { Attempt, Situation } from '../effects.ts';
import type { Reply } from '../policy/reply.ts';
import { createSlots } from '../slots.ts';
import type { ExecutionEffects, ExecutionSettings, ExecutionState } from './execution.ts';
import type { OpenRemoval } from './open-removal.ts';
import { createSession } from './session.ts';
import { situationOf, syncLateMs } from './situation.ts';
import type { Stop } from './stop-control.ts';
import { stopIfDue } from './stop-if-due.ts';
import { stopMessage } from './stop-message.ts';
import { stopOf } from './stop-of.ts';
import { createWakeTimer } from './wake-timer.ts';
import { createWrittenStamp } from './written-stamp.ts';

/** How a session went. */
export interface ExecutionResult {
  /** Why it stopped before its end; undefined where it came to its end. */
  readonly stop: Stop | undefined;
  /** Lines that a watermark covered and that surely were never sent in this session. */
  readonly unsent: { readonly fresh: readonly number[]; readonly again: readonly number[] };
  /** For how long nothing could start because the server had throttled the session. */
  readonly heldMs: number;
}

/** A session under way. */
export interface Execution {
  /** Rejects only for a defect, or where the run folder was lost to another run. */
  readonly result: Promise<ExecutionResult>;
  /** Nothing starts any more; what is in flight may end within the grace. */
  interrupt(signal: string): void;
  /** Requests sent so far. */
  sent(): number;
  situation(): Situation;
}

/**
 * Works through the removals that are left. One function, `pump`, starts whatever may start; it is called whenever
 * something has changed: a reply, a line on disk, a timer, a stop. p-limit runs a lane for each request that may be in
 * flight, the pacer says when one may start; a removal that waits for its backoff takes no place.
 */
export function startExecution(
  settings: ExecutionSettings,
  effects: ExecutionEffects,
  state: ExecutionState,
): Execution {
  const { clock, api, journal, hold } = effects;
  const session = createSession(settings, effects, state, pump);
  const { control, instance, keys, meter, pacer, work } = session;
  const limit = pLimit(settings.concurrency);
  const inFlight = createSlots<OpenRemoval>();
  const timer = createWakeTimer(clock, pump);
  const onSent = createWrittenStamp(clock, meter, pacer, (startAt) => {
    if (!isOver) timer.wakeBy(startAt);
  });
  const { promise, resolve, reject } = deferred<ExecutionResult>();
  let probe: OpenRemoval | undefined;
  let sent = 0;
  let isOffered = false;
  let handedOver: OpenRemoval | undefined;
  let isOver = false;

  function pump(): void {
    if (isOver) return;
    try {
      const now = clock.now();
      const lost = hold.failure();
      if (lost !== undefined) throw lost;
      stopIfDue(session, inFlight.size(), now);
      if (now >= control.cutAt()) cut();
      const startAt = startWhatMay(now);
      if (isFinished()) finish();
      else timer.wakeBy(Math.min(startAt, nextLimit(now)));
    } catch (error) {
      fail(error);
    }
  }

  /** Starts all that may start now; returns when to look again at the latest, Infinity where an event will tell. */
  function startWhatMay(from: number): number {
    let now = from;
    let startAt = earliestStart(now);
    while (startAt <= now) {
      const isProbe = instance.isOutage();
      const removal = isProbe ? work.takeProbe(now) : work.take(now);
      // Its line is not on disk yet: the journal tells when it is.
      if (removal === undefined) return Number.POSITIVE_INFINITY;
      if (isProbe) probe = removal;
      start(removal, now);
      now = clock.now();
      startAt = earliestStart(now);
    }
    return startAt;
  }

  function earliestStart(now: number): number {
    const waitUntil = isBlocked(now) ? Number.POSITIVE_INFINITY : waitsUntil(now);
    if (waitUntil <= now) return pacer.nextStartAt(now);
    pacer.rest();
    return waitUntil;
  }

  /** Until something happens, nothing starts. */
  function isBlocked(now: number): boolean {
    if (inFlight.size() >= settings.concurrency) return true;
    if (control.stopped() !== undefined || keys.waitingUntil() !== undefined) return true;
    if (instance.isOutage() && probe !== undefined) return true;
    return !hold.mayStart(now) || journal.syncAgeMs(now) > syncLateMs;
  }

  /** Until when nothing starts, beside the pace. */
  function waitsUntil(now: number): number {
    if (instance.isOutage()) return instance.probeAt();
    if (pacer.heldUntil() > now) return pacer.heldUntil();
    return work.readyAt(now);
  }

  function start(removal: OpenRemoval, now: number): void {
    pacer.started(now);
    meter.started(now);
    sent += 1;
    removal.startedAt = now;
    removal.attempts += 1;
    removal.keyVersion = keys.version();
    inFlight.add(removal);
    if (isOffered) {
      isOffered = false;
      handedOver = removal;
    } else {
      limit(lane, removal).catch(fail);
    }
  }

  /** One attempt after another, for as long as there is something to start when a reply has come. */
  async function lane(first: OpenRemoval): Promise<void> {
    for (let removal: OpenRemoval | undefined = first; removal !== undefined; removal = handOver()) {
      const reply = await send(removal).reply;
      if (!isOver) take(removal, reply);
    }
  }

  /** What has just been answered leaves its place to whatever starts next. */
  function handOver(): OpenRemoval | undefined {
    isOffered = true;
    pump();
    isOffered = false;
    const next = handedOver;
    handedOver = undefined;
    return isOver ? undefined : next;
  }

  function send(removal: OpenRemoval): Attempt {
    const attempt = api.remove(removal.pair, keys.current(), onSent);
    removal.request = attempt;
    return attempt;
  }

  function take(removal: OpenRemoval, reply: Reply): void {
    inFlight.delete(removal);
    if (probe === removal) probe = undefined;
    session.judge(removal, reply, clock.now());
  }

  function cut(): void {
    for (const removal of [...inFlight.values()]) removal.request?.abort();
  }

  /** The next instant at which something has to stop. What had come at `now` was seen to; what came since is still due. */
  function nextLimit(now: number): number {
    const later = (at: number) => (at > now ? at : Number.POSITIVE_INFINITY);
    return Math.min(
      later(control.cutAt()),
      later(settings.cutAt),
      later(settings.startUntil),
      later(instance.overdueAt()),
    );
  }

  function isFinished(): boolean {
    if (inFlight.size() > 0) return false;
    return control.stopped() !== undefined || (!work.hasNew() && work.waitingCount() === 0);
  }

  function finish(): void {
    close();
    resolve({
      stop: stopOf(session),
      unsent: session.coverage.unsent(),
      heldMs: pacer.heldMs(clock.now()),
    });
  }

  function fail(error: unknown): void {
    if (isOver) return;
    close();
    cut();
    reject(error);
  }

  function close(): void {
    isOver = true;
    timer.cancel();
    keys.close();
  }

  journal.onChange(pump);
  hold.onChange(pump);
  clock.after(0, pump);
  return {
    result: promise,
    interrupt(signal) {
      control.request({ reason: 'interrupted', message: stopMessage.interrupted(signal) }, settings.graceMs);
      pump();
    },
    sent: () => sent,
    situation: () => situationOf(session, inFlight.size(), clock.now()),
  };
}

function deferred<T>(): {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
} {
  let settle: [(value: T) => void, (error: unknown) => void] | undefined;
  const promise = new Promise<T>((resolve, reject) => {
    settle = [resolve, reject];
  });
  const [resolve, reject] = settle as NonNullable<typeof settle>;
  return { promise, resolve, reject };
}
