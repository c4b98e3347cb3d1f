import type { Random } from '../../src/effects.ts';
import type { InputRow } from './compare-with-truth.ts';

/** A CSV as spreadsheets and people make them, and what is true of it. */
export interface MixedInput {
  readonly text: string;
  readonly rows: readonly InputRow[];
  /** Of each row, the cells that are no ids, by their header. */
  readonly others: ReadonlyMap<number, Readonly<Record<string, string>>>;
  /** Every pair that stands in it, each once. */
  readonly pairs: readonly string[];
  /** User ids for a protect list. */
  readonly protectedUsers: readonly number[];
}

const names = [
  'Ada Lovelace',
  'Ngô Bảo Châu',
  'O’Neil; Shaquille',
  'says "hi"',
  'two\r\nlines',
  ' ',
  '',
] as const;
const notIds = ['12.0', '1e3', '-1', '0', '', 'n/a', '٣', '12345678901234567'] as const;

/**
 * `count` data rows behind a byte order mark, with CRLF and semicolons, further columns, quoted cells over several
 * lines, blank lines, ids with blanks and leading zeros, duplicates, and now and then something that is no id.
 */
export function makeMixedInput(count: number, random: Random): MixedInput {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const rows: InputRow[] = [];
  const others = new Map<number, Record<string, string>>();
  const pairs = new Set<string>();
  let text = '\uFEFFFull name;Workspace ID;Note;User ID\r\n';
  let line = 2;

  function pairOfRow(): string | undefined {
    const kind = random();
    if (kind < 0.04) return undefined;
    if (kind < 0.14 && pairs.size > 0) return pick([...pairs]);
    return `${1 + Math.floor(random() * 30)}/${1 + Math.floor(random() * 4000)}`;
  }

  while (rows.length < count) {
    if (random() < 0.05) {
      text += '\r\n';
      line += 1;
    }
    const pair = pairOfRow();
    const [workspace, user] = pair === undefined ? [pick(notIds), '7'] : pair.split('/').map(dressed);
    const [name, note] = [pick(names), pick(names)];
    const row = `${[name, workspace ?? '', note, user ?? ''].map(quotedCell).join(';')}\r\n`;
    rows.push({ line, pair });
    others.set(line, { 'Full name': name, Note: note });
    if (pair !== undefined) pairs.add(pair);
    text += row;
    line += row.split('\r\n').length - 1;
  }

  function dressed(id: string): string {
    return pick([id, id, id, ` ${id}`, `${id}\t`, `00${id}`]);
  }

  const users = [...new Set([...pairs].map((pair) => Number(pair.split('/')[1])))];
  return {
    text,
    rows,
    others,
    pairs: [...pairs],
    protectedUsers: users.filter((_, index) => index % 17 === 0),
  };
}

function quotedCell(cell: string): string {
  return /[;"\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
