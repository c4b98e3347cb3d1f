import { buildRunOptions } from './build-run-options.ts';
import type { Environment, GivenOptions } from './given-option.ts';
import { loadJobFile } from './load-job-file.ts';
import { type Parsed, problem } from './option-parser.ts';
import { parsePath } from './parse-scalar.ts';
import { readEnvironment } from './read-environment.ts';
import { readFlags } from './read-flags.ts';
import { resolveOptions } from './resolve-options.ts';
import { runOptionTable } from './run-option-table.ts';
import type { RunOptions } from './run-options.ts';
import { usageError } from './usage-error.ts';
import { wordsToRepeat } from './words-to-repeat.ts';

/** What `run` and `plan` are read from, beside their own words. */
export interface RunSources {
  readonly environment: Environment;
  /** Reads a job file; rejects with the system's error where it cannot. */
  readText(path: string): Promise<string>;
}

/**
 * Options of `run` and of `plan`, which is `run --dry-run`. Flags beat environment beat job file beat default.
 * Everything that is wrong is told at once, as a usage FatalError.
 */
export async function readRunOptions(
  command: 'run' | 'plan',
  words: readonly string[],
  { environment, readText }: RunSources,
): Promise<RunOptions> {
  const flags = readFlags(words, runOptionTable);
  const variables = readEnvironment(environment, runOptionTable);
  const config = flags.given.get('config') ?? variables.given.get('config');
  const jobFile = await loadJobFile(config, readText);
  const resolved = resolveOptions(runOptionTable, [
    flags.given,
    variables.given,
    jobFile.given,
    sharedVariables(environment),
  ]);
  const misread = [flags, variables, jobFile, resolved].flatMap(({ problems }) => problems);
  const input = readInput(flags.positionals, jobFile.given);
  // A misread flag may have taken the input for its value, and a misread job file may name it.
  const mayBeElsewhere = flags.problems.length > 0 || jobFile.problems.length > 0;
  if (input.kind === 'problem' && !mayBeElsewhere) misread.push(input.problem);
  if (flags.given.get('dry-run')?.text === 'false' && command === 'plan') {
    misread.push('flag --no-dry-run: plan never sends anything; use offboard run');
  }
  if (misread.length > 0 || input.kind === 'problem') throw usageError(command, misread);

  const built = buildRunOptions(resolved, input.value, environment['JOB_COMPLETION_INDEX']);
  if (built.problems.length > 0) throw usageError(command, built.problems);
  const said = { flags: flags.given, variables: variables.given, jobFile: jobFile.given };
  return {
    ...built.options,
    dryRun: command === 'plan' || built.options.dryRun,
    isInputTyped: flags.positionals.length > 0,
    repeat: wordsToRepeat(said, built.options.baseUrl),
  };
}

/** The variable that all Paradigm tools share is weaker than the job file, which is about this very run. */
function sharedVariables(environment: Environment): GivenOptions {
  const text = environment['PARADIGM_BASE_URL'] ?? '';
  return new Map(text === '' ? [] : [['base-url', { text, origin: 'environment PARADIGM_BASE_URL' }]]);
}

function readInput(positionals: readonly string[], jobFile: GivenOptions): Parsed<string> {
  if (positionals.length > 1)
    return problem(`expected one input, not ${positionals.length}: a run reads one CSV`);
  const text = positionals[0] ?? jobFile.get('input')?.text;
  if (text === undefined) return problem('no input: name the CSV, or - for standard input');
  const parsed = parsePath(text);
  return parsed.kind === 'problem' ? problem(`input: ${parsed.problem}`) : parsed;
}
