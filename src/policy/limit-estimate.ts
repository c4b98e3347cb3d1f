/** What a throttled spell shows of a server's limit: for a while requests were served, then everybody had to wait. */
export interface Spell {
  /** The rate that was tried when it began, in requests a second; Infinity where nothing limited it. */
  readonly triedPerSecond: number;
  /** It began while nothing beyond the known limit was tried. */
  readonly wasSteady: boolean;
  /** From the first that was served, or the end of the wait before, to the first throttled answer. */
  readonly servingMs: number;
  readonly waitedMs: number;
  /** Requests that were served from the end of the wait before to the end of this one. */
  readonly served: number;
  /** Of those, what was served in the last second before it began. */
  readonly inLastSecond: number;
  /** What was served in the last seconds before it began, and in how many milliseconds. */
  readonly lately: { readonly count: number; readonly ms: number };
}

/** What is thought of a server's limit. */
export interface LimitEstimate {
  /** In requests a second. */
  readonly perSecond: number;
  /** guess: soon to be tried. near: between two bounds that lie close together. found: as it was met before. */
  readonly confidence: 'guess' | 'near' | 'found';
  /** What was served in the last second before the last spell: of a window's limit it is the same each time. */
  readonly inLastSecond: number;
  /** The most that the server allows at once, as far as is known. */
  readonly burst: number;
  /** A rate that was steady and yet refused in the end; Infinity where there is none. */
  readonly refusedPerSecond: number;
}

/** Where there is nothing to go by: a little more than the default of `--rate`. */
const unknownPerSecond = 15;
/** However little was served, one spell takes no more than this of the limit known. */
const lowestShare = 0.25;
/** Two numbers served in a second are the same where they differ by no more. */
const sameShare = 0.09;
/** A limit that is met so many times above or below a refused rate is another one. */
const otherLimitFactor = 1.25;
/** A second is the shortest window that servers count in; what lasted a little longer tells more than a burst. */
export const secondMs = 1_000;
export const tellingMs = 1_200;

/**
 * The limit that best explains a spell and what was known before. Two kinds of servers are told apart. A window admits so
 * many in a second, whatever the rate: what was served in the last second is its limit. A bucket is filled steadily, also
 * while everybody waits: what was served over all, the wait included, is its limit, and the last second holds what had
 * been saved up.
 */
export function estimateLimit(spell: Spell, known: LimitEstimate | undefined): LimitEstimate {
  const refusedPerSecond = spell.wasSteady ? spell.triedPerSecond : stillRefused(spell, known);
  const burst = known?.burst ?? firstBurst(spell);
  const { inLastSecond } = spell;
  if (spell.served === 0) {
    const perSecond = known?.perSecond ?? Math.min(unknownPerSecond, lowestShare * spell.triedPerSecond);
    return { perSecond, confidence: 'guess', inLastSecond, burst, refusedPerSecond };
  }
  const { perSecond, confidence } = known === undefined ? firstGuess(spell) : compare(spell, known);
  const lowest = known === undefined ? 0 : lowestShare * known.perSecond;
  const bounded = Math.min(spell.triedPerSecond, Math.max(lowest, perSecond));
  return { perSecond: bounded, confidence, inLastSecond, burst, refusedPerSecond };
}

type Judgement = Pick<LimitEstimate, 'perSecond' | 'confidence'>;

/** What came before the first throttled answer is a burst, where it took less than a second, and perhaps more besides. */
function firstBurst({ served, servingMs }: Spell): number {
  return served > 0 && servingMs < secondMs ? served : Number.POSITIVE_INFINITY;
}

/** It may have been a second's window, or a bucket's burst of a second or so: the next spell will tell. */
function firstGuess(spell: Spell): Judgement {
  const { served, servingMs, waitedMs, inLastSecond } = spell;
  const atLeast = servingMs < secondMs ? Math.max(inLastSecond, unknownPerSecond) : 0;
  const inAll = perSecondOf(served, Math.max(secondMs, servingMs + waitedMs));
  return { perSecond: Math.max(inAll, atLeast), confidence: 'guess' };
}

function compare(spell: Spell, known: LimitEstimate): Judgement {
  const { inLastSecond, servingMs, wasSteady } = spell;
  if (!wasSteady) {
    const refused = stillRefused(spell, known);
    if (Number.isFinite(refused) && known.perSecond < refused) {
      return { perSecond: Math.sqrt(known.perSecond * refused), confidence: 'found' };
    }
    if (Math.abs(inLastSecond - known.inLastSecond) <= sameShare * known.inLastSecond) {
      return { perSecond: Math.max(inLastSecond, overAll(spell)), confidence: 'found' };
    }
  }
  const least = Math.max(wasSteady ? overAll(spell) : lately(spell), inLastSecond - known.burst);
  return {
    perSecond: Math.sqrt(least * Math.max(least, inLastSecond)),
    confidence: servingMs > tellingMs ? 'near' : 'guess',
  };
}

function overAll({ served, servingMs, waitedMs }: Spell): number {
  return perSecondOf(served, servingMs + waitedMs);
}

/** Where more and more was tried, the beginning of the climb says little. */
function lately(spell: Spell): number {
  const { servingMs, waitedMs, inLastSecond } = spell;
  const recent = perSecondOf(spell.lately.count, Math.min(spell.lately.ms, servingMs) + waitedMs);
  return Math.max(recent, Math.min(overAll(spell), inLastSecond));
}

/** A rate that was refused stays so until a limit far from it is met; what a bucket had saved up is none. */
function stillRefused(spell: Spell, known: LimitEstimate | undefined): number {
  const refused = known?.refusedPerSecond ?? Number.POSITIVE_INFINITY;
  const isHigher = lately(spell) > otherLimitFactor * refused;
  const isLower = spell.inLastSecond * otherLimitFactor < refused;
  return isHigher || isLower ? Number.POSITIVE_INFINITY : refused;
}

/** In less than 50 ms what was in flight together weighs too much. */
function perSecondOf(count: number, ms: number): number {
  return (count / Math.max(ms, 50)) * 1_000;
}
