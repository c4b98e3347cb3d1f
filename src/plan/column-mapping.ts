import { visibleText } from './visible-text.ts';

/** Header names the operator gave for columns whose names are not the usual ones. */
export interface ColumnNames {
  readonly workspaceColumn?: string | undefined;
  readonly userColumn?: string | undefined;
}

/** The header with the indexes of the two columns that matter. */
export interface InputColumns {
  readonly header: readonly string[];
  readonly workspace: number;
  readonly user: number;
}

export type ColumnMapping =
  | { readonly kind: 'mapped'; readonly columns: InputColumns }
  /** One sentence a problem, for the operator. */
  | { readonly kind: 'unclear'; readonly problem: string };

/** Finds the workspace and the user column, or says everything that stands in the way. */
export function mapColumns(header: readonly string[], names: ColumnNames): ColumnMapping {
  const workspaces = columnsFor(header, names.workspaceColumn, ['workspace', 'workspaceid']);
  const users = columnsFor(header, names.userColumn, ['user', 'userid']);
  const problems = [
    ...problemsOf('workspace', workspaces, header, names.workspaceColumn),
    ...problemsOf('user', users, header, names.userColumn),
  ];
  const [workspace] = workspaces;
  const [user] = users;
  if (problems.length === 0 && workspace === user) {
    problems.push(`One column cannot be both the workspace and the user: ${quoted(header, workspaces)}.`);
  }
  if (problems.length > 0 || workspace === undefined || user === undefined) {
    return { kind: 'unclear', problem: problems.join(' ') };
  }
  return { kind: 'mapped', columns: { header, workspace, user } };
}

/** A name that is given is taken to the letter where it stands so; else spelling is as lenient as for the usual names. */
function columnsFor(
  header: readonly string[],
  given: string | undefined,
  usual: readonly string[],
): readonly number[] {
  if (given === undefined) return indexesWhere(header, (cell) => usual.includes(simplified(cell)));
  const exact = indexesWhere(header, (cell) => cell === given || cell === `'${given}`);
  return exact.length > 0 ? exact : indexesWhere(header, (cell) => simplified(cell) === simplified(given));
}

function indexesWhere(header: readonly string[], fits: (cell: string) => boolean): readonly number[] {
  return header.flatMap((cell, index) => (fits(cell) ? [index] : []));
}

/** Case, white space, `_` and `-` do not matter, nor does the apostrophe by which a report defuses `-user_id`. */
function simplified(name: string): string {
  return name
    .replace(/^'/, '')
    .toLowerCase()
    .replace(/[\s_-]/g, '');
}

function problemsOf(
  role: 'workspace' | 'user',
  found: readonly number[],
  header: readonly string[],
  given: string | undefined,
): readonly string[] {
  if (found.length === 1) return [];
  if (found.length > 1) {
    return [`Several columns fit the ${role}: ${quoted(header, found)}. Name one with --${role}-column.`];
  }
  const missing =
    given === undefined
      ? `No column names the ${role} (expected: ${role}_id).`
      : `There is no column "${visibleText(given, 60)}" (--${role}-column).`;
  return [`${missing} ${describeHeader(header)} Name the right one with --${role}-column.`];
}

const shownColumns = 20;

function describeHeader(header: readonly string[]): string {
  const indexes = header.slice(0, shownColumns).map((_, index) => index);
  const more = header.length > shownColumns ? ` and ${header.length - shownColumns} more` : '';
  const hint = header.some((cell) => cell.includes('\0'))
    ? ' The file looks like UTF-16 without a byte order mark: save it as UTF-8.'
    : '';
  return `The header has: ${quoted(header, indexes)}${more}.${hint}`;
}

function quoted(header: readonly string[], indexes: readonly number[]): string {
  return header
    .flatMap((cell, index) =>
      indexes.includes(index) ? [`"${visibleText(cell, 60)}" (column ${index + 1})`] : [],
    )
    .join(', ');
}
