import type { RunOptions } from '../options/run-options.ts';

/** The command that goes on with this run, ready to be pasted; after a dry run the one that runs it. */
export function nextCommand(
  argv: readonly string[],
  options: RunOptions,
  folder: string | undefined,
): string {
  const [, ...words] = argv;
  const kept = withoutWatchers(words).filter(
    (word) => !['--fresh', '--dry-run', '--fresh=true', '--dry-run=true'].includes(word),
  );
  // A run that began with --fresh is found again by its folder.
  const out = options.fresh && options.out === undefined && folder !== undefined ? ['--out', folder] : [];
  // Where it stood in the environment, another terminal would send list and key to another instance.
  const isAddressTyped = words.some((word) => word === '--base-url' || word.startsWith('--base-url='));
  const address = isAddressTyped ? [] : ['--base-url', options.baseUrl];
  return ['offboard', 'run', ...kept, ...address, ...out].map(shellQuoted).join(' ');
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
