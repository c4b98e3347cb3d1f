import { join } from 'node:path';
import { inputCopyName } from '../io/input-copy.ts';
import { type JournalAnswers, openJournalAnswers } from '../io/journal-answers.ts';
import { journalName } from '../io/journal-file.ts';
import type { ReportFileSystem } from '../io/report-file-system.ts';
import { type ReportSource, writeReport } from '../io/report-files.ts';
import { reportRecords } from '../io/report-records.ts';
import type { EndingSources } from '../journal/ending-of.ts';
import { countOutcomes } from '../journal/outcome-of.ts';
import { notAttemptedBecause } from '../journal/report-facts.ts';
import type { RunMemory } from '../journal/run-memory.ts';
import type { Plan } from '../plan/build-plan.ts';
import { byOutcome } from '../report/by-outcome.ts';
import type { ReportFacts, ReportJson } from '../report/report-json.ts';

/** A run folder whose journal has been read to its end. */
export interface ReportPart {
  readonly folder: string;
  readonly plan: Plan;
  readonly memory: RunMemory;
}

/**
 * Writes the report of one run folder, or of the shards of one input, into `folder`. Throws where what was written does
 * not agree with what the journal says: that is a defect, and no report is put in place.
 */
export async function writeRunReport(
  folder: string,
  parts: readonly [ReportPart, ...ReportPart[]],
  facts: ReportFacts,
  command: string | undefined,
  fileSystem: ReportFileSystem,
): Promise<ReportJson> {
  const [first] = parts;
  const answers: JournalAnswers[] = [];
  try {
    const sources = parts.map((part): EndingSources => {
      const opened = openJournalAnswers(join(part.folder, journalName));
      answers.push(opened);
      const { memory, plan } = part;
      return {
        records: plan.table,
        ledger: memory.ledger,
        answerAt: opened.answerAt,
        notAttemptedBecause: notAttemptedBecause(memory.history),
      };
    });
    const counted = sources.map(({ records, ledger }) => countOutcomes(records, ledger));
    const { columns } = first.plan;
    const source: ReportSource = {
      header: columns.header,
      columns,
      batches: () => reportRecords(join(first.folder, inputCopyName), columns, sources, facts.input.sha256),
      facts,
      expected: byOutcome((outcome) => counted.reduce((sum, counts) => sum + counts[outcome], 0)),
      command,
    };
    return await writeReport(folder, source, fileSystem);
  } finally {
    for (const opened of answers) opened.close();
  }
}
