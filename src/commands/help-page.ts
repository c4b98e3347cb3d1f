import type { CommandName } from './command-texts.ts';

/** Wider lines are hard to read; narrower ones leave no room for the options' names. */
const widest = 100;
const narrowest = 50;
const usualColumns = 80;

/** One page of the help: of one command or, without one, of all. */
export interface HelpPage {
  readonly command: CommandName | undefined;
  readonly columns: number;
}

/** The widths that the build lays pages out for: that of no terminal, and that of a wide one. */
export const laidOutWidths = [usualColumns, widest] as const;

/** How many columns the help takes of a terminal, where there is one. */
export function helpColumns(terminalColumns = usualColumns): number {
  return Math.max(narrowest, Math.min(widest, terminalColumns));
}

/** The file beside the built command in which a page lies that the build has laid out. */
export function helpPageFile({ command, columns }: HelpPage): string {
  return `help/${command ?? 'offboard'}-${columns}.txt`;
}
