import type { Environment, GivenOption, GivenOptions } from './given-option.ts';
import { isKubernetesVariable } from './kubernetes-variable.ts';
import type { OptionTable } from './option-table.ts';
import { unknownName } from './unknown-name.ts';

const prefix = 'OFFBOARD_';

/** The variable of an option: `OFFBOARD_MAX_REMOVALS` of `max-removals`. */
export function variableName(option: string): string {
  return prefix + option.toUpperCase().replaceAll('-', '_');
}

/**
 * Reads the `OFFBOARD_…` variables. An empty one counts as not set: that is what schedulers write where a template had
 * nothing to fill in. An unknown one is a problem, empty or not; those that Kubernetes injects are ignored.
 */
export function readEnvironment(
  environment: Environment,
  table: OptionTable,
): { readonly given: GivenOptions; readonly problems: readonly string[] } {
  const given = new Map<string, GivenOption>();
  const problems: string[] = [];
  const form = { place: 'environment', names: Object.keys(table), write: variableName };
  for (const [variable, text] of Object.entries(environment).sort()) {
    if (!variable.startsWith(prefix) || text === undefined) continue;
    const name = variable.slice(prefix.length).toLowerCase().replaceAll('_', '-');
    if (Object.hasOwn(table, name) && variable === variableName(name)) {
      if (text !== '') given.set(name, { text, origin: `environment ${variable}` });
    } else if (!isKubernetesVariable(variable)) {
      problems.push(unknownName(variable, variable.slice(prefix.length), form));
    }
  }
  return { given, problems };
}
