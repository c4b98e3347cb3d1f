import { visibleText } from '../plan/visible-text.ts';

/** What somebody gave, in quotes, for a message: at most 60 characters, none of which can trick a terminal. */
export function quoted(text: string): string {
  return `"${visibleText(text, 60)}"`;
}
