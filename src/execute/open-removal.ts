import type { Attempt, Pair } from '../effects.ts';
import type { Ledger } from '../journal/ledger.ts';
import type { RecordTable } from '../plan/record-kind.ts';
import type { Response } from '../policy/reply.ts';
import type { Slotted } from '../slots.ts';

/** A removal that this session works on, from its first attempt until it is settled or the session stops. */
export interface OpenRemoval extends Slotted {
  readonly index: number;
  readonly line: number;
  readonly pair: Pair;
  /** Attempts used up in this session; throttled ones, refused keys and probes use up none. */
  used: number;
  /** Requests sent for it over all sessions. */
  attempts: number;
  /** An earlier attempt may have done the removal. */
  hadLostReply: boolean;
  /** Start of the attempt under way, or of the last one. */
  startedAt: number;
  /** When an attempt of it failed last that was none of an outage's probes. */
  lastFailedAt: number | undefined;
  /** Its failures that used up an attempt, since something got through last. */
  failedInARow: number;
  /** Which key the attempt under way was sent with. */
  keyVersion: number;
  throttledTimes: number;
  firstThrottledAt: number;
  /** How often it was answered 500, probes included. */
  answered500: number;
  /** The last such answer. */
  last500: Response | undefined;
  /** The attempt under way, or the last one. */
  request: Attempt | undefined;
}

export function openRemoval(records: RecordTable, ledger: Ledger, index: number): OpenRemoval {
  return {
    index,
    line: records.lineAt(index),
    pair: { workspace: records.workspaceAt(index), user: records.userAt(index) },
    used: 0,
    attempts: ledger.attemptsAt(index),
    hadLostReply: ledger.hasLostReply(index),
    startedAt: 0,
    lastFailedAt: undefined,
    failedInARow: 0,
    keyVersion: 0,
    throttledTimes: 0,
    firstThrottledAt: 0,
    answered500: 0,
    last500: undefined,
    request: undefined,
    slot: -1,
  };
}
