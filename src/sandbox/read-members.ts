import type { Pair } from '../effects.ts';
import { FatalError } from '../exit-code.ts';
import { openCsvFile } from '../io/csv-file.ts';
import { mapColumns } from '../plan/column-mapping.ts';
import { parseRecord } from '../plan/parse-record.ts';

/** The memberships of a CSV of the kind that `run` reads; one that cannot be read throughout is a usage error. */
export async function readMembers(path: string): Promise<Pair[]> {
  const file = await openCsvFile(path);
  try {
    const mapping = mapColumns(file.header.cells, {});
    if (mapping.kind === 'unclear') throw unreadable(path, mapping.problem);
    const pairs: Pair[] = [];
    for await (const batch of file.batches) {
      for (const { line, cells } of batch) {
        const pair = parseRecord(mapping.columns, cells);
        if ('reason' in pair) throw unreadable(path, `line ${line}: ${pair.reason} (${pair.detail})`);
        pairs.push(pair);
      }
    }
    return pairs;
  } finally {
    file.close();
  }
}

function unreadable(path: string, problem: string): FatalError {
  return new FatalError('usage', `The members file ${path} cannot be read: ${problem}`);
}
