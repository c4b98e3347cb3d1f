import type { SandboxOptions } from '../sandbox/sandbox-options.ts';
import { readFlags } from './read-flags.ts';
import { resolveOptions } from './resolve-options.ts';
import { sandboxOptionTable } from './sandbox-option-table.ts';
import { usageError } from './usage-error.ts';

/** Options of `sandbox`, from its words alone; throws a usage FatalError that tells everything that is wrong. */
export function readSandboxOptions(words: readonly string[]): SandboxOptions {
  const flags = readFlags(words, sandboxOptionTable);
  const { values, problems: unread } = resolveOptions(sandboxOptionTable, [flags.given]);
  const problems = [...flags.problems, ...unread];
  if (flags.positionals.length > 0)
    problems.push('sandbox takes options only; its CSV is given with --members');
  for (const name of ['workspaces', 'users']) {
    if (!flags.given.has('members') || !flags.given.has(name)) continue;
    problems.push(`flag --${name}: --members says who is a member; leave one out`);
  }
  if (problems.length > 0) throw usageError('sandbox', problems);
  return {
    port: values.port,
    key: values.key,
    members: values.members,
    workspaces: values.workspaces,
    users: values.users,
    forbidden: values.forbidden ?? [],
    latencyMs: values.latency,
    limit:
      values.limit === 'off' ? undefined : { perSecond: values.limit, retryAfter: values['retry-after'] },
    faults: values.faults,
    maintenance: values.maintenance,
    seed: values.seed,
  };
}
