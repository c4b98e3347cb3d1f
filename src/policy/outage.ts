import type { Health } from './classify-reply.ts';

/**
 * Whether the instance is there for anybody: ten failures in a row over at least two removals, five
 * where all were 500s with the API's own JSON, are an outage. Then one probe at a time asks until one gets through.
 */
export interface OutageWatch {
  /**
   * A reply came at `now` for a removal, to a request that started at `startedAt`. 'began': the outage begins with it;
   * 'ended': it is over; 'first-failure': the first failure since something got through.
   */
  noted(reply: ObservedReply, now: number): 'began' | 'ended' | 'first-failure' | undefined;
  /** Until `now` nothing could be asked, whoever was to blame: no outage is counted from before. */
  paused(now: number): void;
  isOutage(): boolean;
  /** When the first of the failures in a row had started, or something got through last; undefined while all is well. */
  failingSince(): number | undefined;
  /** When the first of the failures had started that were the last outage's beginning; undefined before the first outage. */
  lastOutageSince(): number | undefined;
  /** When the last answer came that was neither a failure nor throttled; undefined before the first. */
  lastThroughAt(): number | undefined;
}

export interface ObservedReply {
  readonly line: number;
  readonly startedAt: number;
  readonly health: Health;
  /** Before an answer of the API's has been seen, something unrecognised means a wrong base URL, not an outage. */
  readonly apiSeen: boolean;
}

const failuresInARow = 10;
const removalsAtLeast = 2;
const removalsAtLeastWhereTheApiFails = 5;

export function createOutageWatch(): OutageWatch {
  let failures = 0;
  let removals = new Set<number>();
  let isAllRecordDown = true;
  let isOutage = false;
  let failingSince: number | undefined;
  let lastOutageSince: number | undefined;
  let lastThroughAt: number | undefined;
  let countedFrom = Number.NEGATIVE_INFINITY;

  function reset(): void {
    failures = 0;
    removals = new Set();
    isAllRecordDown = true;
  }

  function noteFailure({ line, startedAt, health }: ObservedReply): 'began' | 'first-failure' | undefined {
    failures += 1;
    if (removals.size < removalsAtLeastWhereTheApiFails) removals.add(line);
    isAllRecordDown &&= health === 'record-down';
    const isFirst = failingSince === undefined;
    // What got through while the first one hung tells that the instance was there.
    failingSince ??= Math.max(startedAt, lastThroughAt ?? startedAt, countedFrom);
    const needed = isAllRecordDown ? removalsAtLeastWhereTheApiFails : removalsAtLeast;
    if (!isOutage && failures >= failuresInARow && removals.size >= needed) {
      isOutage = true;
      lastOutageSince = failingSince;
      return 'began';
    }
    return isFirst ? 'first-failure' : undefined;
  }

  function noteAnswer(health: Health, now: number): 'ended' | undefined {
    reset();
    if (health !== 'limited') {
      failingSince = undefined;
      lastThroughAt = now;
    }
    const ended = isOutage;
    isOutage = false;
    return ended ? 'ended' : undefined;
  }

  return {
    noted(reply, now) {
      if (reply.health === 'through' || reply.health === 'limited') return noteAnswer(reply.health, now);
      if (reply.health === 'unrecognised' && !reply.apiSeen) return undefined;
      return noteFailure(reply);
    },
    paused(now) {
      countedFrom = now;
      if (failingSince !== undefined) failingSince = now;
    },
    isOutage: () => isOutage,
    failingSince: () => failingSince,
    lastOutageSince: () => lastOutageSince,
    lastThroughAt: () => lastThroughAt,
  };
}
