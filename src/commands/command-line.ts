import { exitCodes, FatalError } from '../exit-code.ts';
import { nearestName } from '../options/nearest-name.ts';
import type { OptionTable } from '../options/option-table.ts';
import { quoted } from '../options/quoted.ts';
import { type ReportOptions, readReportOptions } from '../options/read-report-options.ts';
import { type RunSources, readRunOptions } from '../options/read-run-options.ts';
import { readSandboxOptions } from '../options/read-sandbox-options.ts';
import { reportOptionTable } from '../options/report-option-table.ts';
import { runOptionTable } from '../options/run-option-table.ts';
import type { RunOptions } from '../options/run-options.ts';
import { sandboxOptionTable } from '../options/sandbox-option-table.ts';
import type { SandboxOptions } from '../sandbox/sandbox-options.ts';
import { type CommandName, commandNames, commandTexts } from './command-texts.ts';

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
}

const tables: Readonly<Record<CommandName, OptionTable>> = {
  run: runOptionTable,
  plan: runOptionTable,
  report: reportOptionTable,
  sandbox: sandboxOptionTable,
};

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
  { terminalColumns }: Surroundings,
  exitCode: number = exitCodes.done.code,
): Promise<Invocation> {
  // yargs is the heaviest part of starting up, and only the help needs it.
  const { renderHelp, renderOverallHelp } = await import('./render-help.ts');
  const rendered =
    command === undefined
      ? renderOverallHelp(Object.values(commandTexts), terminalColumns)
      : renderHelp(commandTexts[command], tables[command], terminalColumns);
  return { ...text(await rendered), exitCode };
}

function text(rendered: string) {
  return { kind: 'text' as const, text: rendered, exitCode: exitCodes.done.code };
}

function isHelp(word: string): boolean {
  return word === '--help' || word === '-h';
}
