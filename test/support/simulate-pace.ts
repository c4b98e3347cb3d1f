import type { Random } from '../../src/effects.ts';
import { createPacer } from '../../src/execute/pacer.ts';
import type { StatedLimit } from '../../src/policy/stated-limit.ts';
import type { LimitedServer } from './limited-server.ts';

export interface PaceTrial {
  readonly server: LimitedServer;
  readonly ratePerSecond: number;
  readonly concurrency: number;
  readonly latencyMs: number;
  readonly durationMs: number;
  /** No more removals than this are there. */
  readonly removals?: number;
  readonly random: Random;
}

export interface PaceResult {
  readonly answers: number;
  readonly throttled: number;
  /** Of those, the ones to requests that started once there had been an answer. */
  readonly throttledLater: number;
  /** The largest share that throttled answers ever were of all so far, once there were 1,000. */
  readonly mostThrottled: number;
  /** Of the server's limit, counted from its first refusal to the end; 1 where it never refused. */
  readonly usedShare: number;
  readonly firstRefusalAt: number;
  readonly starts: readonly number[];
  /** When the answers came that were not refusals. */
  readonly servedAt: readonly number[];
  readonly endedAt: number;
}

interface Flight {
  readonly startedAt: number;
  readonly answerAt: number;
  readonly refusal: ReturnType<LimitedServer['refuses']>;
  readonly stated: StatedLimit | undefined;
}

/**
 * The real pacer against a server's limit, without a network: requests arrive half-way through a latency that varies by
 * a fifth, timers come up to 2 ms late, and there is more to send until all `removals` are served.
 */
export function simulatePace(trial: PaceTrial): PaceResult {
  const { server, ratePerSecond, concurrency, latencyMs, durationMs, random } = trial;
  const { removals = Number.POSITIVE_INFINITY } = trial;
  const pacer = createPacer(ratePerSecond, random);
  const flights: Flight[] = [];
  const starts: number[] = [];
  const servedAt: number[] = [];
  let now = 0;
  let answers = 0;
  let throttled = 0;
  let throttledLater = 0;
  let firstAnswerAt = Number.POSITIVE_INFINITY;
  let mostThrottled = 0;
  let servedSince = 0;
  let firstRefusalAt = Number.POSITIVE_INFINITY;

  function start(): void {
    const tripMs = latencyMs * (0.9 + random() * 0.2);
    pacer.started(now);
    pacer.sent(now);
    starts.push(now);
    flights.push({
      startedAt: now,
      answerAt: now + tripMs,
      refusal: server.refuses(now + tripMs / 2),
      stated: server.states?.(now + tripMs / 2),
    });
    flights.sort((a, b) => a.answerAt - b.answerAt);
  }

  function take({ startedAt, refusal, stated }: Flight): void {
    answers += 1;
    firstAnswerAt = Math.min(firstAnswerAt, now);
    if (stated !== undefined) pacer.told(stated, startedAt, now);
    if (answers === 1_000) countShare();
    if (refusal === undefined) {
      pacer.served(now);
      servedAt.push(now);
      if (now > firstRefusalAt) servedSince += 1;
      return;
    }
    throttled += 1;
    if (startedAt >= firstAnswerAt) throttledLater += 1;
    countShare();
    firstRefusalAt = Math.min(firstRefusalAt, now);
    pacer.throttled(now, startedAt, refusal.retryAfterMs);
  }

  function countShare(): void {
    if (answers >= 1_000) mostThrottled = Math.max(mostThrottled, throttled / answers);
  }

  /** As `pump` in src/execute: starts what may start, and says when to look again. */
  function startWhatMay(): number {
    for (;;) {
      if (flights.length >= concurrency || starts.length - throttled >= removals) {
        pacer.rest();
        return Number.POSITIVE_INFINITY;
      }
      if (pacer.heldUntil() > now) {
        pacer.rest();
        return pacer.heldUntil();
      }
      const startAt = pacer.nextStartAt(now);
      if (startAt > now) return startAt;
      start();
    }
  }

  while (now < durationMs && servedAt.length < removals) {
    const wakeAt = startWhatMay() + random() * 2;
    const answerAt = flights[0]?.answerAt ?? Number.POSITIVE_INFINITY;
    now = Math.max(now, Math.min(wakeAt, answerAt));
    if (answerAt <= now) {
      const flight = flights.shift();
      if (flight !== undefined) take(flight);
    }
  }
  const sinceMs = now - firstRefusalAt;
  return {
    answers,
    throttled,
    throttledLater,
    mostThrottled,
    usedShare: sinceMs > 0 ? servedSince / ((server.perSecond * sinceMs) / 1_000) : 1,
    firstRefusalAt,
    starts,
    servedAt,
    endedAt: now,
  };
}
