import { type OptionParser, problem, value } from './option-parser.ts';
import { quoted } from './quoted.ts';

/** Milliseconds by unit, the largest first. */
const unitsMs: ReadonlyMap<string, number> = new Map([
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
]);
const form = /^(?<amount>\d{1,9}(?:\.\d{1,9})?)(?<unit>ms|s|m|h)$/;

/** A time with its unit, `500ms`, `30s`, `1.5m`, `2h`, in whole milliseconds; both bounds are included. */
export function parseDuration(leastMs: number, mostMs: number): OptionParser<number> {
  return (text) => {
    const groups = form.exec(text)?.groups;
    if (groups === undefined) {
      return problem(`expected a time with its unit, such as 500ms, 30s, 10m or 2h, not ${quoted(text)}`);
    }
    const unitMs = unitsMs.get(groups['unit'] ?? '') ?? Number.NaN;
    const ms = Math.round(Number(groups['amount']) * unitMs);
    if (ms >= leastMs && ms <= mostMs) return value(ms);
    return problem(
      `expected a time from ${durationText(leastMs)} to ${durationText(mostMs)}, not ${quoted(text)}`,
    );
  };
}

/** The same time in the largest unit that leaves no fraction: 30000 is `30s`, 90000 is `90s`, 7200000 is `2h`. */
export function durationText(ms: number): string {
  if (ms === 0) return '0s';
  for (const [unit, unitMs] of unitsMs) if (ms % unitMs === 0) return `${ms / unitMs}${unit}`;
  return `${ms}ms`;
}
