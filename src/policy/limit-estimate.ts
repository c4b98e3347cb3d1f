/** What a throttled spell shows of a server's limit: for a while requests could start, then everybody had to wait. */
export interface Spell {
  /** The rate that was tried when it began, in requests a second; Infinity where nothing limited it. */
  readonly triedPerSecond: number;
  readonly startingMs: number;
  readonly waitedMs: number;
  /** Requests that were served from the end of the wait before to the end of this one. */
  readonly served: number;
  /** What was served in the last second or two before it began, in requests a second. */
  readonly recentPerSecond: number;
}

export interface LimitEstimate {
  readonly perSecond: number;
  /** Whether requests could start for long enough to tell the limit from the server's burst allowance. */
  readonly isSure: boolean;
}

/** Burst allowances and sliding windows mostly are of one second; what lasted longer shows the limit itself. */
const sureMs = 1_200;
/** The last moments before a spell lie a little above the limit. */
const sureShare = 0.98;
/** However little was served, one spell takes no more than this of the rate. */
const lowestShare = 0.25;
/** Two spells served the same where their numbers differ by no more: a window's limit, not a bucket's. */
const sameServed = 0.06;

/** The limit that best explains a spell and the one before it. */
export function estimateLimit(spell: Spell, before: Spell | undefined): LimitEstimate {
  const reached = Math.min(spell.triedPerSecond, servedPerSecond(spell, spell.startingMs));
  const lowest =
    lowestShare * (Number.isFinite(spell.triedPerSecond) ? spell.triedPerSecond : Math.max(reached, 1));
  if (spell.startingMs >= Math.max(sureMs, spell.waitedMs)) {
    const perSecond = sureShare * Math.min(spell.triedPerSecond, spell.recentPerSecond);
    return { perSecond: Math.max(lowest, perSecond), isSure: true };
  }
  const guess = before === undefined ? firstGuess(spell, reached) : compare(spell, before);
  return { perSecond: Math.max(lowest, Math.min(reached, guess)), isSure: false };
}

/**
 * Between what was served while requests could start (the burst allowance is in it) and what was served over all, the wait
 * included (it may have been longer than needed).
 */
function firstGuess(spell: Spell, reached: number): number {
  return Math.sqrt(reached * overall(spell));
}

/** What was served over all is a lower bound of the limit, unless a full burst allowance is in it, as in the first spell. */
function compare(spell: Spell, before: Spell): number {
  if (Math.abs(spell.served - before.served) <= sameServed * before.served) {
    return Math.max(overall(spell), overall(before));
  }
  const longerMs = spell.startingMs - before.startingMs;
  // A bucket served as much more as it was filled in the time that the second spell lasted longer.
  const filled = longerMs > before.startingMs / 2 ? ((spell.served - before.served) / longerMs) * 1_000 : 0;
  return Math.max(overall(spell), filled);
}

function overall(spell: Spell): number {
  return servedPerSecond(spell, spell.startingMs + spell.waitedMs);
}

/** In less than 50 ms what was in flight together weighs too much. */
function servedPerSecond({ served }: Spell, ms: number): number {
  return (served / Math.max(ms, 50)) * 1_000;
}
