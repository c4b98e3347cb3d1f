import { type Outcome, outcomes } from '../plan/outcome.ts';

/** One value for each of the eight outcomes, in the order of reports. */
export function byOutcome<T>(valueFor: (outcome: Outcome) => T): Record<Outcome, T> {
  const entries = outcomes.map((outcome) => [outcome, valueFor(outcome)] as const);
  // `outcomes` lists every member of the union, which fromEntries cannot tell.
  return Object.fromEntries(entries) as Record<Outcome, T>;
}
