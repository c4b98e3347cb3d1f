/** For how long nothing but throttled answers has come. */
export interface ThrottleWatch {
  /**
   * A throttled answer came at `now`, to a request that started at `startedAt`. Returns for how long there has been
   * nothing else, in milliseconds; 0 as long as nobody was asked again: however long everybody was held, only what was
   * tried after it shows that it still is so.
   */
  throttled(startedAt: number, now: number): number;
  /** Something else came. */
  other(now: number): void;
}

export function createThrottleWatch(): ThrottleWatch {
  let spell: { readonly since: number; readonly firstAnswerAt: number } | undefined;
  let otherAt = Number.NEGATIVE_INFINITY;
  return {
    throttled(startedAt, now) {
      spell ??= { since: Math.max(startedAt, otherAt), firstAnswerAt: now };
      return startedAt >= spell.firstAnswerAt ? now - spell.since : 0;
    },
    other(now) {
      spell = undefined;
      otherAt = now;
    },
  };
}
