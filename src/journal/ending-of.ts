import type { RecordTable } from '../plan/record-kind.ts';
import type { Ending } from '../report/ending.ts';
import type { AttemptAnswered, Settled } from './journal-event.ts';
import type { Ledger } from './ledger.ts';
import { outcomeOf } from './outcome-of.ts';

/** What is needed to say how a record ended. */
export interface EndingSources {
  readonly records: RecordTable;
  readonly ledger: Ledger;
  /** The journal's line at this offset. */
  readonly answerAt: (offset: number) => AttemptAnswered | Settled;
  /** The reason of what was not attempted: why the last session stopped. */
  readonly notAttemptedBecause: string;
}

/** Why a record cannot be read as a removal. */
export interface Unreadable {
  readonly reason: string;
  readonly detail: string;
}

/** A record's row in the report; undefined where it belongs to another shard. */
export function endingOf(
  sources: EndingSources,
  index: number,
  unreadable: Unreadable | undefined,
): Ending | undefined {
  const { records, ledger } = sources;
  const outcome = outcomeOf(records, ledger, index);
  switch (outcome) {
    case undefined:
      return undefined;
    case 'invalid':
      return { ...untried, outcome, reason: unreadable?.reason ?? '', detail: unreadable?.detail ?? '' };
    case 'duplicate':
      return { ...untried, outcome, reason: `duplicate-of-line-${records.firstLineAt(index)}` };
    case 'protected':
      return protectedEnding(sources, index);
    case 'removed':
    case 'not-found':
    case 'forbidden':
    case 'failed':
    case 'not-attempted':
      return triedEnding(sources, index, outcome);
  }
}

const untried = { status: null, attempts: 0, finishedAt: null, detail: '', perhapsRemoved: false } as const;

function triedEnding(
  { ledger, answerAt, notAttemptedBecause }: EndingSources,
  index: number,
  outcome: 'removed' | 'not-found' | 'forbidden' | 'failed' | 'not-attempted',
): Ending {
  const offset = ledger.offsetAt(index);
  const answer = offset < 0 ? undefined : answerAt(offset);
  const perhapsRemoved = (outcome === 'failed' || outcome === 'not-attempted') && ledger.hasLostReply(index);
  const isOpen = outcome === 'not-attempted';
  const lastDetail = isOpen && answer !== undefined ? lastAttempt(answer) : answer?.detail;
  return {
    outcome,
    reason: isOpen ? notAttemptedBecause : (answer?.reason ?? ''),
    status: answer?.status ?? null,
    attempts: ledger.attemptsAt(index),
    finishedAt: isOpen ? null : (answer?.at ?? null),
    detail: marked(perhapsRemoved, lastDetail ?? ''),
    perhapsRemoved,
  };
}

/** Protected too late, perhaps: an attempt of an earlier session may have done it. */
function protectedEnding({ ledger, answerAt }: EndingSources, index: number): Ending {
  const offset = ledger.offsetAt(index);
  const perhapsRemoved = ledger.hasLostReply(index);
  const detail = perhapsRemoved && offset >= 0 ? lastAttempt(answerAt(offset)) : '';
  return {
    ...untried,
    outcome: 'protected',
    reason: 'on-protect-list',
    attempts: ledger.attemptsAt(index),
    detail: marked(perhapsRemoved, detail),
    perhapsRemoved,
  };
}

function lastAttempt({ reason, detail }: AttemptAnswered | Settled): string {
  return `last attempt: ${reason}${detail === undefined ? '' : ` (${detail})`}`;
}

/** The detail begins so where an attempt may have done the removal. */
function marked(perhapsRemoved: boolean, detail: string): string {
  if (!perhapsRemoved) return detail;
  return detail === '' ? 'perhaps removed' : `perhaps removed; ${detail}`;
}
