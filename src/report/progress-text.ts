import type { Progress } from '../effects.ts';
import type { Outcome } from '../plan/outcome.ts';
import { countText } from './count-text.ts';
import type { Speed } from './recent-speed.ts';
import { situationWords } from './situation-words.ts';
import { timeWords } from './time-words.ts';

/** Facts of one moment, for a line on a terminal as for a line of the log. */
export interface ProgressFacts {
  readonly percent: number;
  /** Undefined while nothing moves. */
  readonly secondsLeft: number | undefined;
  readonly situation: string | undefined;
}

/** A bar shorter than this says nothing. */
const leastBar = 10;
const mostBar = 40;
const gap = '  ';
/** Those that need a person come first: they are the last to be dropped. */
const shownOutcomes = ['failed', 'forbidden', 'removed', 'not-found'] as const satisfies readonly Outcome[];

/** What the speed makes of the counts. 100 % is only said when all is done. */
export function progressFacts(progress: Progress, speed: Speed): ProgressFacts {
  const { removals, done } = progress;
  const left = Math.max(0, removals - done);
  const isMoving = progress.situation.kind === 'running' && speed.removalsPerSecond > 0;
  return {
    percent: left === 0 ? 100 : Math.floor((100 * done) / removals),
    secondsLeft: isMoving ? Math.ceil(left / speed.removalsPerSecond) : undefined,
    situation: situationWords(progress),
  };
}

/**
 * The live line, always shorter than `columns` (a line that fills the window wraps on some terminals). Where there is
 * little room the bar goes first, then the outcomes, the speed, the time left. Plain ASCII but for colours.
 */
export function progressText(progress: Progress, speed: Speed, columns: number, hasColours: boolean): string {
  const room = columns - 1;
  const parts = partsThatFit(partsOf(progress, speed), room);
  const spare = room - widthOf(parts) - gap.length;
  const bar = barText(progressFacts(progress, speed).percent, spare);
  const texts = parts.map(({ text, rank }) => {
    const cut = text.slice(0, room);
    return hasColours && rank === situationRank ? `\u001b[33m${cut}\u001b[39m` : cut;
  });
  return (bar === '' ? texts : [bar, ...texts]).join(gap);
}

/** A part of the line; the one with the highest rank is dropped first. */
interface Part {
  readonly text: string;
  readonly rank: number;
}

const situationRank = 0;

function partsOf(progress: Progress, speed: Speed): readonly Part[] {
  const { percent, secondsLeft, situation } = progressFacts(progress, speed);
  const outcomes = shownOutcomes.map((outcome, index) => {
    const records = progress.counts[outcome] ?? 0;
    return { text: records === 0 ? '' : `${outcome} ${countText(records)}`, rank: 5 + index };
  });
  const parts = [
    { text: `${countText(progress.done)}/${countText(progress.removals)}`, rank: 1 },
    { text: `${percent} %`, rank: 2 },
    { text: situation ?? '', rank: situationRank },
    { text: situation === undefined ? `${speed.requestsPerSecond.toFixed(1)}/s` : '', rank: 4 },
    { text: secondsLeft === undefined ? '' : `${timeWords(secondsLeft * 1_000)} left`, rank: 3 },
    ...outcomes,
  ];
  return parts.filter(({ text }) => text !== '');
}

function partsThatFit(parts: readonly Part[], room: number): readonly Part[] {
  let kept = parts;
  while (kept.length > 1 && widthOf(kept) > room) {
    const last = Math.max(...kept.map(({ rank }) => rank));
    kept = kept.filter(({ rank }) => rank !== last);
  }
  return kept;
}

function widthOf(parts: readonly Part[]): number {
  return parts.map(({ text }) => text).join(gap).length;
}

function barText(percent: number, spare: number): string {
  const width = Math.min(mostBar, spare - 2);
  if (width < leastBar) return '';
  const full = Math.floor((width * percent) / 100);
  return `[${'#'.repeat(full)}${'-'.repeat(width - full)}]`;
}
