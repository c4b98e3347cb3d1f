/** What a report adds to the input's columns, in this order. */
export const reportColumns = [
  'line',
  'outcome',
  'reason',
  'status',
  'attempts',
  'finished_at',
  'detail',
] as const;

/** Where the two ids stand in a record, counted from 0. */
export interface IdColumns {
  readonly workspace: number;
  readonly user: number;
}

/**
 * The input's own columns, as a report names them. The seven of an earlier report at the end are dropped, since the
 * new ones replace them; elsewhere a column with one of their names becomes `input_<name>`, which is never taken.
 */
export function nameInputColumns(header: readonly string[], ids: IdColumns): readonly string[] {
  const own = isReport(header, ids) ? header.slice(0, -reportColumns.length) : header;
  const taken = new Set(own);
  return own.map((name) => {
    if (!reserved.has(name)) return name;
    let free = `input_${name}`;
    while (taken.has(free)) free = `input_${free}`;
    taken.add(free);
    return free;
  });
}

const reserved: ReadonlySet<string> = new Set(reportColumns);

/** An id column among the seven (`--user-column line`, say) means that they are the input's own. */
function isReport(header: readonly string[], { workspace, user }: IdColumns): boolean {
  const first = header.length - reportColumns.length;
  if (first <= Math.max(workspace, user)) return false;
  return reportColumns.every((name, offset) => header[first + offset] === name);
}
