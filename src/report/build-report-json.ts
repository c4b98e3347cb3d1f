import { type Outcome, outcomes } from '../plan/outcome.ts';
import { byOutcome } from './by-outcome.ts';
import type { ReportFacts, ReportJson } from './report-json.ts';
import type { SummaryFigures } from './summary.ts';
import { findWarnings } from './warnings.ts';

/** The CSV of each outcome, in the run folder. */
export const csvFiles = byOutcome((outcome) => `${outcome}.csv`);

/**
 * report.json as a value. Throws where the rows do not add up to the number of records, or are not what the journal makes
 * of them (`expected`): that is a defect.
 */
export function buildReportJson(
  facts: ReportFacts,
  figures: SummaryFigures,
  expected: Readonly<Record<Outcome, number>>,
): ReportJson {
  const { tool, run, target, input, settings, requests, warnings } = facts;
  const counted = outcomes.reduce((sum, outcome) => sum + figures.counts[outcome], 0);
  if (counted !== input.records) {
    throw new Error(`the counts add up to ${counted}, but the input has ${input.records} records`);
  }
  for (const outcome of outcomes) {
    if (figures.counts[outcome] === expected[outcome]) continue;
    throw new Error(
      `${figures.counts[outcome]} rows are ${outcome}, but the journal says ${expected[outcome]}`,
    );
  }
  return {
    schemaVersion: 1,
    tool,
    run,
    target,
    input,
    settings,
    counts: figures.counts,
    reasons: figures.reasons,
    perhapsRemoved: figures.perhapsRemoved,
    requests,
    forbiddenByWorkspace: figures.forbiddenByWorkspace,
    warnings: [...warnings, ...findWarnings(figures)],
    files: csvFiles,
  };
}
