import yargs from 'yargs';
import type { OptionTable } from '../options/option-table.ts';
import { reportOptionTable } from '../options/report-option-table.ts';
import { runOptionTable } from '../options/run-option-table.ts';
import { sandboxOptionTable } from '../options/sandbox-option-table.ts';
import { type CommandName, commandTexts } from './command-texts.ts';
import type { HelpPage } from './help-page.ts';

const tables: Readonly<Record<CommandName, OptionTable>> = {
  run: runOptionTable,
  plan: runOptionTable,
  report: reportOptionTable,
  sandbox: sandboxOptionTable,
};

/** What `offboard --help` or `offboard <command> --help` prints. */
export function renderHelp({ command, columns }: HelpPage): Promise<string> {
  return command === undefined ? renderOverallHelp(columns) : renderCommandHelp(command, columns);
}

async function renderCommandHelp(command: CommandName, columns: number): Promise<string> {
  const { call, purpose, examples, closing } = commandTexts[command];
  const page = blankPage(columns).usage(`offboard ${call}\n\n${purpose}`);
  const rows = Object.entries(tables[command]);
  for (const [name, { group, description, takes, byDefault, defaultWords }] of rows) {
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

async function renderOverallHelp(columns: number): Promise<string> {
  const page = blankPage(columns).usage('offboard <command> [options]');
  for (const { call, summary } of Object.values(commandTexts))
    page.command(call.replace(' [options]', ''), summary);
  page.option('version', { describe: 'print the version' }).option('help', { describe: 'print this' });
  return `${await page.epilogue('More of each: offboard <command> --help').getHelp()}\n`;
}

function blankPage(columns: number) {
  return yargs([])
    .scriptName('offboard')
    .locale('en')
    .help(false)
    .version(false)
    .exitProcess(false)
    .wrap(columns);
}
