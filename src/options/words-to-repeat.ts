import type { GivenOption, GivenOptions } from './given-option.ts';
import { runOptionTable } from './run-option-table.ts';

/** Who said what about a run. */
export interface Said {
  readonly flags: GivenOptions;
  readonly variables: GivenOptions;
  readonly jobFile: GivenOptions;
}

const switches = new Set(
  Object.entries(runOptionTable).flatMap(([name, { takes }]) => (takes === 'switch' ? [name] : [])),
);
/** To go on is neither `fresh` nor `dry-run`; the addresses of watchers are secrets, and the command stands in the report. */
const neverRepeated = new Set(['fresh', 'dry-run', 'ping-url', 'pushgateway']);
/**
 * What another terminal has or decides for itself: whether to ask, where its key is, what it shows. A container's own file is
 * not there, and the base URL is always named, whoever said it.
 */
const ofTheTerminal = new Set([
  'yes',
  'api-key-file',
  'base-url',
  'termination-log',
  'log-level',
  'log-format',
  'json',
]);

/**
 * The options of a command that goes on with this run in a terminal where nothing is set but the key: what flags and
 * environment said. Without OFFBOARD_PROTECT it would send whom nobody may remove.
 */
export function wordsToRepeat(said: Said, baseUrl: string): readonly string[] {
  const { flags, variables } = said;
  const typed = [...flags];
  const address = flags.has('base-url') ? [] : ['--base-url', baseUrl];
  const unsaid = [...variables]
    .filter(([name]) => !flags.has(name) && !ofTheTerminal.has(name))
    // The flag --rate is stronger than this variable; of two flags it would be the weaker one.
    .filter(([name]) => !(name === 'rate-per-shard' && flags.has('rate')));
  return [...typed.flatMap(optionWords), ...address, ...unsaid.flatMap(optionWords), ...against(said)];
}

/** What the job file would say now that nobody has overruled it. */
function against({ flags, variables, jobFile }: Said): readonly string[] {
  const mayAsk = jobFile.has('yes') && variables.has('yes') && !flags.has('yes');
  const anew = ['fresh', 'dry-run'].filter((name) => jobFile.has(name));
  return [...anew, ...(mayAsk ? ['yes'] : [])].map((name) => `--no-${name}`);
}

function optionWords([name, { text }]: readonly [string, GivenOption]): readonly string[] {
  if (neverRepeated.has(name)) return [];
  if (switches.has(name)) return [text === 'true' ? `--${name}` : `--${name}=${text}`];
  // A word that begins with a dash would be another flag.
  return text.startsWith('-') ? [`--${name}=${text}`] : [`--${name}`, text];
}
