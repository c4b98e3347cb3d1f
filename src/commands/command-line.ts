import { exitCodes, FatalError } from '../exit-code.ts';
import { nearestName } from '../options/nearest-name.ts';
import { quoted } from '../options/quoted.ts';
import { type ReportOptions, readReportOptions } from '../options/read-report-options.ts';
import { type RunSources, readRunOptions } from '../options/read-run-options.ts';
import { readSandboxOptions } from '../options/read-sandbox-options.ts';
import type { RunOptions } from '../options/run-options.ts';
import type { SandboxOptions } from '../sandbox/sandbox-options.ts';
import { type CommandName, commandNames } from './command-texts.ts';
import { type HelpPage, helpColumns, helpPageFile } from './help-page.ts';

/** What the command line asks for. A text goes to standard output where the exit code is 0, else to standard error. */
export type Invocation =
  | { readonly kind: 'text'; readonly text: string; readonly exitCode: number }
  | { readonly kind: 'run'; readonly options: RunOptions }
  | { readonly kind: 'report'; readonly options: ReportOptions }
  | { readonly kind: 'sandbox'; readonly options: SandboxOptions };

/** What the command line is read with. */
export interface Surroundings extends RunSources {
  readonly version: string;
  /** Of the terminal; undefined where there is none. */
  readonly terminalColumns: number | undefined;
  /** A file that lies beside the built command; undefined where there is none. */
  readBuilt(file: string): Promise<string | undefined>;
}

/** Reads the words after `offboard`. What is wrong with them is thrown as one FatalError('usage'). */
export async function readCommandLine(argv: readonly string[], around: Surroundings): Promise<Invocation> {
  const [first, ...words] = argv;
  if (first === undefined) return help(undefined, around, exitCodes.usage.code);
  if (first === '--version') return text(`${around.version}\n`);
  if (isHelp(first)) return help(undefined, around);
  if (first === 'help') return help(words[0] === undefined ? undefined : readCommand(words[0]), around);
  const command = readCommand(first);
  const end = words.indexOf('--');
  if (words.slice(0, end === -1 ? words.length : end).some(isHelp)) return help(command, around);
  switch (command) {
    case 'run':
    case 'plan':
      return { kind: 'run', options: await readRunOptions(command, words, around) };
    case 'report':
      return { kind: 'report', options: readReportOptions(words) };
    case 'sandbox':
      return { kind: 'sandbox', options: readSandboxOptions(words) };
  }
}

function readCommand(word: string): CommandName {
  const command = commandNames.find((name) => name === word);
  if (command !== undefined) return command;
  const more = '\nMore: offboard --help';
  if (word.startsWith('-')) throw new FatalError('usage', `the command comes first: offboard run …${more}`);
  const nearest = nearestName(word, commandNames);
  const meant = nearest ?? (/\.[ct]sv$/i.test(word) ? 'run' : undefined);
  const hint =
    meant === undefined ? `commands are ${commandNames.join(', ')}` : `did you mean offboard ${meant}?`;
  throw new FatalError('usage', `${quoted(word)} is no command; ${hint}${more}`);
}

async function help(
  command: CommandName | undefined,
  { terminalColumns, readBuilt }: Surroundings,
  exitCode: number = exitCodes.done.code,
): Promise<Invocation> {
  const page = { command, columns: helpColumns(terminalColumns) };
  const rendered = (await readBuilt(helpPageFile(page))) ?? (await layOut(page));
  return { ...text(rendered), exitCode };
}

/** yargs takes longer to load than Node.js to start, so the build has laid out the pages of the usual widths. */
async function layOut(page: HelpPage): Promise<string> {
  const { renderHelp } = await import('./render-help.ts');
  return renderHelp(page);
}

function text(rendered: string) {
  return { kind: 'text' as const, text: rendered, exitCode: exitCodes.done.code };
}

function isHelp(word: string): boolean {
  return word === '--help' || word === '-h';
}
