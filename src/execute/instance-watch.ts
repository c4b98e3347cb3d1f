import { fullJitter, probeBackoff } from '../policy/backoff.ts';
import type { Verdict } from '../policy/classify-reply.ts';
import { createOutageWatch } from '../policy/outage.ts';
import { createStrangerWatch } from '../policy/refusals.ts';
import type { Reply, Response } from '../policy/reply.ts';
import { createThrottleWatch } from '../policy/throttle-watch.ts';
import { nameReply } from './describe-reply.ts';
import type { ExecutionEffects, ExecutionSettings } from './execution.ts';
import type { OpenRemoval } from './open-removal.ts';
import type { Stop } from './stop-control.ts';
import { failingMessage, stopMessage } from './stop-message.ts';

/** A host name that does not exist is mended by no waiting. */
const unknownHostAtMostMs = 30_000;

const sayAgainAfterMs = 60_000;

/** What all replies together say about the instance. */
export interface InstanceWatch {
  /** Takes a reply in; returns why the session has to stop, if so. */
  noted(
    removal: OpenRemoval,
    reply: Reply,
    verdict: Verdict,
    askedMs: number | undefined,
    now: number,
  ): Stop | undefined;
  /** Nothing could be asked while another key was waited for: that time counts for nothing. */
  keyChanged(): void;
  /** An answer of the API's has been seen in this session. */
  isApiSeen(): boolean;
  isOutage(): boolean;
  /** While there is an outage: when the next probe may start. */
  probeAt(): number;
  /** Since when nothing has got through; undefined while all is well. */
  failingSince(): number | undefined;
  /** Since when nothing got through in the last outage, be it over or not; Infinity where there was none. */
  lastOutageSince(): number;
  /** The last failure, for people. */
  lastFailure(): string;
  /** When the last answer came that was neither a failure nor throttled. */
  lastThroughAt(): number;
  /** Why the session has to stop now: unreachable for too long. */
  overdue(now: number): Stop | undefined;
  /** When `overdue` has to be asked at the latest; Infinity while all is well. */
  overdueAt(): number;
}

export function createInstanceWatch(
  settings: ExecutionSettings,
  { clock, random, log }: ExecutionEffects,
): InstanceWatch {
  const { host, maxOutageMs } = settings;
  const outage = createOutageWatch();
  const strangers = createStrangerWatch();
  const throttles = createThrottleWatch();
  let isApiSeen = false;
  let isAnyAnswerSeen = false;
  let isHostUnknown = false;
  let probeFailures = 0;
  let probeAt = Number.NEGATIVE_INFINITY;
  let lastFailure = '';
  let firstFailureSaidAt = Number.NEGATIVE_INFINITY;

  /** A host name that never was right stops the run sooner than an instance that is down. */
  function patienceMs(): number {
    return isHostUnknown && !isAnyAnswerSeen ? Math.min(unknownHostAtMostMs, maxOutageMs) : maxOutageMs;
  }

  function noteThrottled(startedAt: number, now: number): Stop | undefined {
    const ms = throttles.throttled(startedAt, now);
    return ms < maxOutageMs ? undefined : { reason: 'throttled', message: stopMessage.throttled(host, ms) };
  }

  function noteAnswer(reply: Reply, verdict: Verdict, startedAt: number, now: number): Stop | undefined {
    if (verdict.health !== 'limited') throttles.other(now);
    const stop = verdict.health === 'limited' ? noteThrottled(startedAt, now) : undefined;
    if (reply.kind === 'lost') return undefined;
    isAnyAnswerSeen = true;
    isApiSeen ||= verdict.health !== 'unrecognised' && isApis(reply, verdict);
    if (!strangers.answered(isStranger(reply, verdict))) return stop;
    return { reason: 'unrecognised-answer', message: stopMessage.strangers(host, nameReply(reply)) };
  }

  function noteHealth(
    removal: OpenRemoval,
    reply: Reply,
    verdict: Verdict,
    askedMs: number,
    now: number,
  ): void {
    const { line, startedAt } = removal;
    const wasOutage = outage.isOutage();
    const change = outage.noted({ line, startedAt, health: verdict.health, apiSeen: isApiSeen }, now);
    if (verdict.health === 'through' || verdict.health === 'limited') {
      probeFailures = 0;
      if (change === 'ended') log.info('outage.ended', { host }, `${host} answers again, going on`);
      return;
    }
    lastFailure = nameReply(reply);
    isHostUnknown = reply.kind === 'lost' && reply.because === 'host-unknown';
    noteFailure(!wasOutage || startedAt >= probeAt, askedMs, now);
    if (change !== undefined) warn(change === 'began', line, now);
  }

  /** What was in flight before the outage began puts nothing off: only the probe itself does. */
  function noteFailure(isProbe: boolean, askedMs: number, now: number): void {
    if (!outage.isOutage() || !isProbe) return;
    probeFailures += 1;
    probeAt = now + Math.max(fullJitter(probeBackoff(maxOutageMs), probeFailures, random()), askedMs);
  }

  /** Single failures that come and go are said once a minute; an outage is always said. */
  function warn(isOutage: boolean, line: number, now: number): void {
    if (!isOutage && now < firstFailureSaidAt + sayAgainAfterMs) return;
    firstFailureSaidAt = now;
    const stopsInMs = (outage.failingSince() ?? now) + patienceMs() - now;
    const message = failingMessage(host, lastFailure, stopsInMs, isOutage);
    log.warn(isOutage ? 'outage.began' : 'instance.failed', { host, code: lastFailure, line }, message);
  }

  return {
    noted(removal, reply, verdict, askedMs, now) {
      const stop = noteAnswer(reply, verdict, removal.startedAt, now);
      noteHealth(removal, reply, verdict, askedMs ?? 0, now);
      return stop;
    },
    keyChanged() {
      outage.paused(clock.now());
      throttles.other(clock.now());
    },
    isApiSeen: () => isApiSeen,
    isOutage: outage.isOutage,
    probeAt: () => probeAt,
    failingSince: outage.failingSince,
    lastOutageSince: () => outage.lastOutageSince() ?? Number.POSITIVE_INFINITY,
    lastFailure: () => lastFailure,
    lastThroughAt: () => outage.lastThroughAt() ?? Number.NEGATIVE_INFINITY,
    overdue(now) {
      const failingSince = outage.failingSince();
      if (failingSince !== undefined && now >= failingSince + patienceMs()) {
        const isUnknown = isHostUnknown && !isAnyAnswerSeen;
        const message = isUnknown
          ? stopMessage.unknownHost(host)
          : stopMessage.outage(host, now - failingSince, lastFailure);
        return { reason: 'outage', message };
      }
      return undefined;
    },
    overdueAt: () => (outage.failingSince() ?? Number.POSITIVE_INFINITY) + patienceMs(),
  };
}

/** A redirect or an error page settles a removal too, but it is not the API that sends it. */
function isApis({ body }: Response, { outcome = 'failed' }: Verdict): boolean {
  return outcome !== 'failed' || body.kind === 'json';
}

/** A redirect, or a page, whether its removal is settled by it or tried again. A 5xx page is an outage's. */
function isStranger({ body }: Response, { health, outcome, reason }: Verdict): boolean {
  if (health === 'unrecognised' || reason === 'redirect') return true;
  return outcome === 'failed' && (body.kind === 'other' || body.kind === 'too-long');
}
