import type { GivenOptions } from './given-option.ts';
import { runOptionTable } from './run-option-table.ts';

/** What a person decides anew, and what whoever writes the command sees to itself. */
const never: readonly string[] = ['yes', 'dry-run', 'fresh', 'base-url'];
/** These change nothing about what is sent, and the addresses of watchers are secrets. */
const groupsLeftOut: readonly string[] = ['Watching', 'Output'];

/**
 * As words of a command line what the environment alone says about a run: what is sent, where to and how. Another terminal
 * has none of it: without OFFBOARD_PROTECT it would send whom nobody may remove.
 */
export function wordsFromEnvironment(flags: GivenOptions, variables: GivenOptions): readonly string[] {
  return Object.entries(runOptionTable).flatMap(([name, { group, takes }]) => {
    const text = flags.has(name) ? undefined : variables.get(name)?.text;
    if (text === undefined || never.includes(name) || groupsLeftOut.includes(group)) return [];
    // The flag --rate is stronger than the variable; of two flags the share's own would be.
    if (name === 'rate-per-shard' && flags.has('rate')) return [];
    // A switch takes no word after it, and a word that begins with a dash would be another flag.
    return takes === 'switch' || text.startsWith('-') ? [`--${name}=${text}`] : [`--${name}`, text];
  });
}
