import { visibleText } from '../plan/visible-text.ts';

/** Longer than any line that helps. */
const mostCharacters = 2_000;
const colours: Readonly<Record<string, string>> = {
  debug: '\u001b[2m',
  warn: '\u001b[33m',
  error: '\u001b[31m',
};
const reset = '\u001b[0m';
/** What every line has; people find the event in the JSON form. */
const notShown: ReadonlySet<string> = new Set(['level', 'time', 'event', 'runId', 'message']);

/** One line for people, `00:53:42 warn  message  key=value`, in local time. Nothing in it can move the cursor. */
export function prettyLogLine(entry: Readonly<Record<string, unknown>>, hasColours: boolean): string {
  const level = String(entry['level']);
  const time = new Date(String(entry['time'])).toTimeString().slice(0, 8);
  const fields = Object.entries(entry)
    .filter(([key]) => !notShown.has(key))
    .map(([key, value]) => `${visibleText(key, 100)}=${fieldText(value)}`);
  const message = visibleText(String(entry['message'] ?? ''), mostCharacters);
  const head = `${time} ${level.padEnd(5)}`;
  const colour = hasColours ? colours[level] : undefined;
  return `${colour === undefined ? head : colour + head + reset} ${[message, ...fields].join('  ')}\n`;
}

function fieldText(value: unknown): string {
  if (typeof value !== 'string') return String(value);
  const shown = visibleText(value, mostCharacters);
  return /^[^\s"=]+$/.test(shown) ? shown : `"${shown.replaceAll('"', '\\"')}"`;
}
