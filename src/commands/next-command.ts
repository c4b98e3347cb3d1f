import type { RunOptions } from '../options/run-options.ts';

/** The command that goes on with this run, ready to be pasted; after a dry run the one that runs it. */
export function nextCommand(
  argv: readonly string[],
  options: RunOptions,
  folder: string | undefined,
): string {
  const words = withoutTerminator(argv.slice(1));
  const kept = withoutWatchers(words).filter((word) => !/^--(fresh|dry-run)(=|$)/.test(word));
  // Where it stood in the environment, another terminal would send list and key to another instance.
  const address = isTyped('base-url', words) ? [] : ['--base-url', options.baseUrl];
  // The job file may ask for a new run each time.
  const notFresh = options.fresh && !isTyped('fresh', words) ? ['--no-fresh'] : [];
  // A run that began with --fresh is found again by its folder.
  const out = options.fresh && options.out === undefined && folder !== undefined ? ['--out', folder] : [];
  const added = [...address, ...options.environmentWords, ...notFresh, ...out];
  return ['offboard', 'run', ...kept, ...added].map(shellQuoted).join(' ');
}

function isTyped(name: string, words: readonly string[]): boolean {
  return words.some((word) => word === `--${name}` || word.startsWith(`--${name}=`));
}

/** Without a `--`, so that options can be added: an input that begins with a dash is named from its folder. */
function withoutTerminator(words: readonly string[]): readonly string[] {
  const at = words.indexOf('--');
  if (at < 0) return words;
  const inputs = words.slice(at + 1).map((word) => (/^-./.test(word) ? `./${word}` : word));
  return [...words.slice(0, at), ...inputs];
}

/** Their addresses are secrets, and the report shows this command. */
function withoutWatchers(words: readonly string[]): readonly string[] {
  const names = ['--ping-url', '--pushgateway'];
  return words.filter(
    (word, at) =>
      !names.some((name) => word === name || word.startsWith(`${name}=`) || words[at - 1] === name),
  );
}

/** What goes on with the run in this folder, where only its journal is known: in words, since nobody knows the flags. */
export function nextAfterReport(folder: string): string {
  return `the same offboard run … command, without --fresh, with --out ${shellQuoted(folder)}`;
}

function shellQuoted(word: string): string {
  return /^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
