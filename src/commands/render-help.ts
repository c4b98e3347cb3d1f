import yargs from 'yargs';
import type { OptionTable } from '../options/option-table.ts';
import type { CommandText } from './command-texts.ts';

/** Wider lines are hard to read; narrower ones leave no room for the options' names. */
const widest = 100;
const narrowest = 50;
const usualColumns = 80;

/** What `offboard <command> --help` prints. */
export async function renderHelp(
  { call, purpose, examples, closing }: CommandText,
  table: OptionTable,
  terminalColumns: number | undefined,
): Promise<string> {
  const page = blankPage(terminalColumns).usage(`offboard ${call}\n\n${purpose}`);
  for (const [name, { group, description, takes, byDefault, defaultWords }] of Object.entries(table)) {
    const isSwitch = takes === 'switch';
    const words = defaultWords ?? (isSwitch ? undefined : byDefault);
    page.option(isSwitch && byDefault === 'true' ? `no-${name}` : name, {
      group: `${group}:`,
      describe: description,
      ...(words === undefined ? {} : { defaultDescription: words, default: words }),
    });
  }
  for (const [example, meaning] of examples) page.example(example, meaning);
  return `${await page.epilogue(closing).getHelp()}\n`;
}

/** What `offboard --help` prints. */
export async function renderOverallHelp(
  texts: readonly CommandText[],
  terminalColumns: number | undefined,
): Promise<string> {
  const page = blankPage(terminalColumns).usage('offboard <command> [options]');
  for (const { call, summary } of texts) page.command(call.replace(' [options]', ''), summary);
  page.option('version', { describe: 'print the version' }).option('help', { describe: 'print this' });
  return `${await page.epilogue('More of each: offboard <command> --help').getHelp()}\n`;
}

function blankPage(terminalColumns = usualColumns) {
  return yargs([])
    .scriptName('offboard')
    .locale('en')
    .help(false)
    .version(false)
    .exitProcess(false)
    .wrap(Math.max(narrowest, Math.min(widest, terminalColumns)));
}
