import { type EndingSources, endingOf } from '../journal/ending-of.ts';
import type { InputColumns } from '../plan/column-mapping.ts';
import { type InputRecord, parseRecord } from '../plan/parse-record.ts';
import type { ReportRecord } from '../report/ending.ts';
import { openCsvFile } from './csv-file.ts';
import { inputChanged } from './input-copy.ts';

/**
 * Every record of a run folder's copy of the input with how it ended, batch by batch. With several sources (shards of one input),
 * each record's ending comes from the one it belongs to; what belongs to none of them is left out. Ends with a
 * FatalError (mismatch) where the copy is not the input of this digest any more.
 */
export async function* reportRecords(
  inputCopy: string,
  columns: InputColumns,
  sources: readonly EndingSources[],
  sha256: string,
): AsyncGenerator<readonly ReportRecord[], void, undefined> {
  const { header } = columns;
  const file = await openCsvFile(inputCopy, {
    workspaceColumn: header[columns.workspace],
    userColumn: header[columns.user],
  });
  let first = 0;
  try {
    for await (const batch of file.batches) {
      const from = first;
      first += batch.length;
      yield batch.flatMap((record, at) => endRecord(columns, sources, record, from + at));
    }
    if (file.facts().sha256 !== sha256) throw inputChanged(inputCopy);
  } finally {
    file.close();
  }
}

function endRecord(
  columns: InputColumns,
  sources: readonly EndingSources[],
  { line, cells }: InputRecord,
  index: number,
): ReportRecord | [] {
  const parsed = parseRecord(columns, cells);
  const isPair = 'workspace' in parsed;
  const ending = firstEnding(sources, index, isPair ? undefined : parsed);
  if (ending === undefined) return [];
  return {
    line,
    cells,
    workspace: isPair ? parsed.workspace : null,
    user: isPair ? parsed.user : null,
    ending,
  };
}

function firstEnding(
  sources: readonly EndingSources[],
  index: number,
  unreadable: Parameters<typeof endingOf>[2],
) {
  for (const source of sources) {
    const ending = endingOf(source, index, unreadable);
    if (ending !== undefined) return ending;
  }
  return undefined;
}
