import { fullJitter, probeBackoff, removalBackoff } from '../policy/backoff.ts';
import { classifyReply, type Verdict } from '../policy/classify-reply.ts';
import type { ForbiddenWatch } from '../policy/refusals.ts';
import type { Reply } from '../policy/reply.ts';
import { parseReset, parseRetryAfter } from '../policy/retry-after.ts';
import { giveBackOutageAttempts, mayBeEverybodys, useUpAttempt } from './attempts-used.ts';
import { nameReply } from './describe-reply.ts';
import type { ExecutionEffects, ExecutionSettings } from './execution.ts';
import type { InstanceWatch } from './instance-watch.ts';
import type { KeyRing } from './key-ring.ts';
import type { OpenRemoval } from './open-removal.ts';
import { createPaceNotes } from './pace-notes.ts';
import type { Pacer } from './pacer.ts';
import type { Recorder } from './recorder.ts';
import type { StopControl } from './stop-control.ts';
import { stopMessage } from './stop-message.ts';
import type { Work } from './work.ts';

/** The session's parts that a reply can change. */
export interface JudgeParts {
  readonly control: StopControl;
  readonly forbidden: ForbiddenWatch;
  readonly instance: InstanceWatch;
  readonly keys: KeyRing;
  readonly pacer: Pacer;
  readonly recorder: Recorder;
  readonly work: Work;
}

/** So often throttled while others get through, a removal goes to the end of the line. */
const throttledTimesAtMost = 5;

/** Takes a reply in: settles its removal, or says when it is tried again. The verdicts come from policy/. */
export function createJudge(settings: ExecutionSettings, effects: ExecutionEffects, parts: JudgeParts) {
  const { clock, random, log, keySource } = effects;
  const { control, forbidden, instance, keys, pacer, recorder, work } = parts;
  const notePace = createPaceNotes(settings, effects, pacer);

  function judge(removal: OpenRemoval, reply: Reply, now: number): void {
    const { hadLostReply } = removal;
    const verdict = classifyReply(reply, { hadLostReply, apiSeen: instance.isApiSeen() });
    if (verdict.kind !== 'settled') recorder.attempt(removal, reply, verdict, now);
    removal.hadLostReply ||= verdict.isLost;
    if (reply.kind === 'lost' && reply.because === 'aborted') {
      work.wait(removal, now);
      return;
    }
    const askedMs = askedToWait(reply);
    const stop = instance.noted(removal, reply, verdict, askedMs, now);
    if (stop !== undefined) control.request(stop, settings.graceMs);
    if (reply.kind === 'response') notePace(removal, reply, verdict, now);
    goOn[verdict.kind](removal, reply, verdict, now, askedMs);
  }

  function askedToWait(reply: Reply): number | undefined {
    if (reply.kind === 'lost') return undefined;
    const { retryAfter, rateLimitRemaining, rateLimitReset, date } = reply.headers;
    const isUsedUp = rateLimitRemaining?.trim() === '0';
    if (retryAfter === undefined && !isUsedUp) return undefined;
    const wallNow = clock.wallNow();
    const asked = parseRetryAfter(reply.headers, wallNow);
    return asked ?? (isUsedUp ? parseReset(rateLimitReset, date, wallNow) : undefined);
  }

  function settle(removal: OpenRemoval, reply: Reply, verdict: Verdict, now: number): void {
    const { outcome = 'failed', reason } = verdict;
    if (outcome !== 'failed') keys.accepted(removal.keyVersion);
    const isLost = removal.hadLostReply && !verdict.contradictsLost;
    recorder.settled(removal, reply, { outcome, reason, isLost }, now);
    if (forbidden.settled(outcome, removal.pair.workspace)) {
      control.request({ reason: 'all-forbidden', message: stopMessage.allForbidden }, settings.graceMs);
    }
  }

  function goOnAfterFailure(
    removal: OpenRemoval,
    reply: Reply,
    verdict: Verdict,
    now: number,
    askedMs?: number,
  ): void {
    giveBackOutageAttempts(removal, instance.lastOutageSince());
    if (reply.kind === 'response' && reply.status === 500) {
      removal.answered500 += 1;
      removal.last500 = reply;
    }
    if (instance.isOutage()) {
      work.wait(removal, now);
      return;
    }
    useUpAttempt(removal, now, instance.lastThroughAt());
    const isUsedUp = removal.used >= settings.maxAttempts;
    if (isUsedUp && !isDownForAll(removal, verdict)) {
      recorder.givenUp(removal, reply, verdict.reason);
      return;
    }
    // As a probe it may not come sooner than its backoff, whatever the answer asks.
    const waitMs = isUsedUp
      ? Math.max(fullJitter(probeBackoff(settings.maxOutageMs), removal.used, random()), askedMs ?? 0)
      : (askedMs ?? fullJitter(removalBackoff, removal.used, random()));
    work.wait(removal, now + waitMs);
  }

  /** What it failed by is not its own doing, as far as can be told. */
  function isDownForAll(removal: OpenRemoval, { health }: Verdict): boolean {
    const isInstances = health === 'down' || (health === 'unrecognised' && instance.isApiSeen());
    return isInstances && mayBeEverybodys(removal);
  }

  function goOnThrottled(
    removal: OpenRemoval,
    _reply: Reply,
    _verdict: Verdict,
    now: number,
    askedMs?: number,
  ): void {
    const heldUntil = pacer.throttled(now, removal.startedAt, askedMs);
    const waitMs = heldUntil - now;
    log.debug('pacer.held', { line: removal.line, waitMs: Math.round(waitMs) }, 'throttled: everybody waits');
    if (removal.throttledTimes === 0) removal.firstThrottledAt = now;
    removal.throttledTimes += 1;
    const othersGotThrough = instance.lastThroughAt() > removal.firstThrottledAt;
    if (removal.throttledTimes >= throttledTimesAtMost && othersGotThrough) work.goLast(removal);
    else work.wait(removal, now);
    if (waitMs <= settings.maxOutageMs && heldUntil <= settings.startUntil) return;
    const again = new Date(clock.wallNow() + waitMs);
    control.request(
      { reason: 'throttled', message: stopMessage.longWait(settings.host, waitMs, again) },
      settings.graceMs,
    );
  }

  function goOnRefused(removal: OpenRemoval, _reply: Reply, _verdict: Verdict, now: number): void {
    work.wait(removal, now);
    const answer = keys.refused(removal.keyVersion);
    if (answer === 'gone') {
      const message = stopMessage.unauthorized(keySource.kind);
      control.request({ reason: 'unauthorized', message }, settings.graceMs);
    } else if (answer === 'waiting') {
      log.warn(
        'key.refused',
        { line: removal.line },
        'the API refuses the key (401): waiting for another one in its file',
      );
    }
  }

  function stopForAll(removal: OpenRemoval, reply: Reply, verdict: Verdict, now: number): void {
    work.wait(removal, now);
    const reason = verdict.reason === 'proxy' ? 'proxy' : 'tls';
    control.request(
      { reason, message: stopMessage[reason](settings.host, nameReply(reply)) },
      settings.graceMs,
    );
  }

  const goOn = {
    settled: settle,
    transient: goOnAfterFailure,
    throttled: goOnThrottled,
    unauthorized: goOnRefused,
    stop: stopForAll,
  };

  return judge;
}
