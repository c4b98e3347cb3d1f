import { FatalError } from '../exit-code.ts';
import type { Shard } from '../options/run-options.ts';
import { createPlanBuilder, type Plan } from '../plan/build-plan.ts';
import { type ColumnNames, mapColumns } from '../plan/column-mapping.ts';
import { type CsvFacts, openCsvFile } from './csv-file.ts';

/** An input that was read and checked once, from its first byte to its last. */
export interface ReadPlan {
  readonly plan: Plan;
  readonly facts: CsvFacts;
}

export interface PlanReading extends ColumnNames {
  /** How messages call the file. */
  readonly name?: string;
  readonly protectedUsers: ReadonlySet<number>;
  readonly shard: Shard | undefined;
  readonly signal?: AbortSignal;
}

/** Reads the input and plans it. Rejects with a FatalError (usage) where it cannot be read. */
export async function readPlan(path: string, reading: PlanReading): Promise<ReadPlan> {
  const file = await openCsvFile(path, reading);
  try {
    const mapping = mapColumns(file.header.cells, reading);
    if (mapping.kind === 'unclear')
      throw new FatalError('usage', `${reading.name ?? path}: ${mapping.problem}`);
    const builder = createPlanBuilder(mapping.columns, reading.protectedUsers, reading.shard);
    for await (const batch of file.batches) for (const record of batch) builder.add(record);
    return { plan: builder.finish(), facts: file.facts() };
  } finally {
    file.close();
  }
}
