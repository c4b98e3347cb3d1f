import { type OptionParser, problem, value } from './option-parser.ts';
import { quoted } from './quoted.ts';
import type { Rate } from './run-options.ts';

const form = /^(?<amount>\d{1,9}(?:\.\d{1,9})?)(?:\/(?<unit>s|min))?$/;
/** One request in a quarter of an hour up to more than any process sends. */
const leastPerSecond = 0.001;
const mostPerSecond = 100_000;

/** `10`, `10/s` and `600/min` are ten requests a second; `off` (or `false`, which YAML knows) is no ceiling. */
export const parseRate: OptionParser<Rate> = (text) => {
  if (text === 'off' || text === 'false') return value('off');
  const groups = form.exec(text)?.groups;
  if (groups === undefined) {
    return problem(`expected a rate such as 10, 10/s or 600/min, or off, not ${quoted(text)}`);
  }
  const perSecond = Number(groups['amount']) / (groups['unit'] === 'min' ? 60 : 1);
  if (perSecond >= leastPerSecond && perSecond <= mostPerSecond) return value(perSecond);
  return problem(
    `expected ${leastPerSecond} to ${mostPerSecond} requests a second, or off for no ceiling, not ${quoted(text)}`,
  );
};
