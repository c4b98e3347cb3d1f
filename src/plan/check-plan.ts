import { FatalError } from '../exit-code.ts';
import type { RunOptions } from '../options/run-options.ts';
import type { Plan, Problem } from './build-plan.ts';
import { visibleText } from './visible-text.ts';

/** What of the options decides whether a plan may be executed. */
export type PlanLimits = Pick<
  RunOptions,
  'input' | 'onInvalid' | 'maxRemovals' | 'workspaceColumn' | 'userColumn'
>;

/** Why nothing may be sent, everything in one message; undefined where the plan is good. */
export function checkPlan(plan: Plan, limits: PlanLimits): FatalError | undefined {
  const name = visibleText(limits.input === '-' ? 'standard input' : limits.input, 200);
  if (plan.fileCounts.records === 0) {
    return new FatalError('usage', `${name} has no data row: there is nothing to remove.`);
  }
  const excess = describeExcess(plan, limits);
  if (limits.onInvalid === 'stop' && plan.fileCounts.invalid > 0) {
    return new FatalError('usage', [...describeProblems(plan, limits, name), ...excess].join('\n'));
  }
  return excess.length > 0 ? new FatalError('refused', excess.join('\n')) : undefined;
}

function describeProblems(plan: Plan, limits: PlanLimits, name: string): readonly string[] {
  const total = plan.fileCounts.invalid;
  const unlisted = total - plan.problems.length;
  return [
    `${name}: ${total} of ${plan.fileCounts.records} records cannot be read as a removal; nothing was sent.`,
    ...plan.problems.map((problem) => `  ${describeProblem(problem)}`),
    ...(unlisted > 0 ? [`  and ${unlisted} more`] : []),
    `To list all: ${listingCommand(limits)}`,
  ];
}

function describeProblem({ line, reason, detail }: Problem): string {
  return `line ${line}: ${reason}: ${detail}`;
}

function listingCommand({ input, workspaceColumn, userColumn }: PlanLimits): string {
  const columns = [
    ...(workspaceColumn === undefined ? [] : ['--workspace-column', shellQuoted(workspaceColumn)]),
    ...(userColumn === undefined ? [] : ['--user-column', shellQuoted(userColumn)]),
  ];
  return ['offboard plan', shellQuoted(input), ...columns, '--on-invalid skip --out DIR'].join(' ');
}

function shellQuoted(text: string): string {
  const shown = visibleText(text, 200);
  return /^[\w./:@%+=,-]+$/.test(shown) ? shown : `'${shown.replaceAll("'", `'\\''`)}'`;
}

function describeExcess({ fileCounts }: Plan, { maxRemovals }: PlanLimits): readonly string[] {
  if (fileCounts.removals <= maxRemovals) return [];
  return [
    `${fileCounts.removals} removals are more than --max-removals ${maxRemovals}; nothing was sent.`,
    `If so many people are meant to leave, say so: --max-removals ${fileCounts.removals}`,
  ];
}
