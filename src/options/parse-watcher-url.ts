import { type OptionParser, problem, value } from './option-parser.ts';
import { hasReadableUser } from './readable-user.ts';

/** Where somebody is told how a run went. A problem never shows the address: a ping URL is a secret, and it may hold a password. */
export const parseWatcherUrl: OptionParser<string> = (text) => {
  if (/[\s\\\p{Cc}\p{Cf}]/u.test(text)) return problem('expected an address without spaces or backslashes');
  const isHttp = /^https?:\/\//i.test(text) && URL.canParse(text);
  if (!isHttp) return problem('expected an address such as https://watcher.example.com/…');
  if (!hasReadableUser(new URL(text))) return problem('expected a % in the name or password as %25');
  if (text.includes('#')) return problem('expected an address without a fragment (the part from # on)');
  return value(text);
};

/** node_exporter's textfile collector passes over every other name. */
export const parseMetricsFile: OptionParser<string> = (text) => {
  if (text.includes('\0')) return problem('expected a path without NUL');
  return /[^/]\.prom$/.test(text) ? value(text) : problem('expected a path that ends in .prom');
};
