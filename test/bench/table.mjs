import { median } from './rounds.mjs';

const columns = [14, 68, 9, 17, 6];

/** What a figure should come to: `text` for the table, and whether a value does. */
export const atLeast = (least) => ({ text: `>= ${least}`, isMet: (value) => value >= least });
export const atMost = (most, then = '') => ({ text: `<= ${most}${then}`, isMet: (value) => value <= most });
export const exactly = (wanted) => ({ text: String(wanted), isMet: (value) => value === wanted });

/** A line of the table: the median of `values`, which has a `goal`, or none. */
export function line(says, values, { goal, unit = '', digits = 2, detail = '' }) {
  const value = median(values);
  const range = [Math.min(...values), Math.max(...values)].map((end) => end.toFixed(digits)).join(' to ');
  return {
    says,
    value: `${value.toFixed(digits)}${unit}`,
    goal,
    isMet: goal?.isMet(value),
    detail: [values.length > 1 ? range : '', detail].filter((text) => text !== '').join('; '),
  };
}

/** A line whose value is a word. */
export function wordLine(says, value, { goal, detail = '' }) {
  return { says, value, goal, isMet: goal.isMet(value), detail };
}

export function headOf() {
  return layOut(['name', 'figure', 'measured', 'goal', ''], 'range of the rounds; more');
}

export function rowOf(name, { says, value, goal, isMet, detail }, isJudged) {
  const verdict = isMet === undefined || !isJudged ? '' : isMet ? 'met' : 'MISSED';
  return layOut([name, says, value, goal?.text ?? '', verdict], detail);
}

function layOut(cells, last) {
  return [...cells.map((cell, at) => cell.padEnd(columns[at])), last].join(' ').trimEnd();
}

export const count = (number) => Math.round(number).toLocaleString('en-US');
