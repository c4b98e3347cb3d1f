import type { RecordTable } from '../plan/record-kind.ts';
import type { JournalEvent } from './journal-event.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { createRunHistory, type RunHistory } from './run-history.ts';

/** All that a journal says, removal by removal and as a whole. */
export interface RunMemory {
  readonly ledger: Ledger;
  readonly history: RunHistory;
  /** Takes an event in; returns why it cannot belong to this input, if so. */
  apply(event: JournalEvent, offset: number): string | undefined;
}

export function createRunMemory(records: RecordTable): RunMemory {
  const ledger = createLedger(records);
  const history = createRunHistory();
  return {
    ledger,
    history,
    apply(event, offset) {
      history.apply(event);
      return ledger.apply(event, offset);
    },
  };
}
