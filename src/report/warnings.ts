import type { SummaryFigures } from './summary.ts';

/** With fewer removals, half of them absent is chance. */
const enoughRemovals = 20;

/** What the numbers of a run warn about, one sentence or two each. */
export function findWarnings({ counts, perhapsRemoved }: SummaryFigures): readonly string[] {
  const warnings: string[] = [];
  const tried = counts.removed + counts['not-found'] + counts.forbidden + counts.failed;
  const removals = tried + counts['not-attempted'];
  // Of a stopped run, what was tried counts; a handful of answers is no reason to warn.
  const base = Math.max(tried, enoughRemovals);
  if (removals >= enoughRemovals && counts['not-found'] * 2 > base) {
    warnings.push(
      `${counts['not-found']} of ${tried} removals were not-found. A 404 cannot tell a wrong workspace from ` +
        'a wrong user: check that the input belongs to this instance and that its columns are not swapped.',
    );
  }
  if (perhapsRemoved > 0) {
    warnings.push(
      `${perhapsRemoved} ${perhapsRemoved === 1 ? 'record is' : 'records are'} perhaps removed: an attempt may ` +
        'have reached the API and no answer said so. Running the same command again settles it, but for those who are protected by now.',
    );
  }
  return warnings;
}
