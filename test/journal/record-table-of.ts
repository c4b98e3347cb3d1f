import type { RecordTable } from '../../src/plan/record-kind.ts';
import { createRecordTable } from '../../src/plan/record-table.ts';

/** A table of removals on lines 2, 3, …; `odd` says what else stands on a line. */
export function recordTableOf(
  size: number,
  odd: Readonly<Record<number, 'invalid' | 'duplicate' | 'elsewhere'>> = {},
): RecordTable {
  const table = createRecordTable();
  for (let index = 0; index < size; index += 1) {
    const line = index + 2;
    const kind = odd[line];
    if (kind === 'invalid') table.addInvalid(line, false);
    else
      table.addPair(
        line,
        kind === 'duplicate' ? { workspace: 1, user: 1 } : { workspace: 1, user: line - 1 },
        kind === 'elsewhere',
      );
  }
  return table.freeze();
}
