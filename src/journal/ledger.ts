import type { SettledOutcome } from '../plan/outcome.ts';
import type { RecordTable } from '../plan/record-kind.ts';
import type { AttemptAnswered, JournalEvent, SessionEnded, Settled, Starting } from './journal-event.ts';

/**
 * What is known of each removal: a fold over the journal. The run applies every event as it writes it, resuming and
 * reporting apply the same events as they read them, so that both always know the same.
 * About 7 bytes a record, beside the record table's.
 */
export interface Ledger {
  /** Returns why this event cannot belong to this input, if so. `offset` is where its line begins in the file. */
  apply(event: JournalEvent, offset: number): string | undefined;
  /** A session begins that may try `forbidden` again: as its first line does it. */
  beginSession(retryForbidden: boolean): void;
  /** The journal ends here: what the last session left open, because it was killed, may have been sent. */
  close(): void;
  /** The outcome so far; undefined where there is none or where it was tried again since. */
  outcomeAt(index: number): SettledOutcome | undefined;
  /** Whether the same command tries it (again). */
  isLeft(index: number): boolean;
  /** Some watermark has covered it: it may have been sent. */
  isCovered(index: number): boolean;
  /** A watermark of the session that goes on has covered it. */
  isOfThisSession(index: number): boolean;
  /** An attempt may have done the removal, and no answer has said otherwise. */
  hasLostReply(index: number): boolean;
  /** The user is on the protect list of the last session. */
  isProtected(index: number): boolean;
  /** Requests sent for it over all sessions. */
  attemptsAt(index: number): number;
  /** Where the line of its last attempt or outcome begins; -1 where there is none. */
  offsetAt(index: number): number;
  /** Removals by outcome; of no outcome those that are left out. */
  counts(): Readonly<Record<SettledOutcome, number>>;
}

const outcomeCodes = [undefined, 'removed', 'not-found', 'forbidden', 'failed', 'forbidden'] as const;
const codeOf = { removed: 1, 'not-found': 2, forbidden: 3, failed: 4 } as const;
/** Forbidden in a run that stopped because all were: the key's fault, so it is tried again. */
const forbiddenForAll = 5;

const largestUint32 = 2 ** 32 - 1;

const outcomeMask = 0b0000_0111;
const covered = 0b0000_1000;
const lostReply = 0b0001_0000;
/** Covered in the session that goes on, with no answer since: after a kill it may have been sent. */
const open = 0b0010_0000;
const protectedUser = 0b0100_0000;
const triedThisSession = 0b1000_0000;

export function createLedger(records: RecordTable): Ledger {
  const standing = new Uint8Array(records.size);
  const attempts = new Uint16Array(records.size);
  /** One more than the offset, 0 where there is none; wider from the first line beyond 4 GiB on. */
  let offsets: Uint32Array | Float64Array = new Uint32Array(records.size);
  const tally = new Uint32Array(outcomeCodes.length);
  let retryForbidden = false;
  let cursor = { fresh: 0, again: 0 };
  /** A retry has a line of its own, so that what was answered is not open any more. */
  let retriesAreAnnounced = true;

  const at = (index: number): number => standing[index] as number;

  function setOutcome(index: number, code: number): void {
    const before = at(index);
    tally[before & outcomeMask] = (tally[before & outcomeMask] as number) - 1;
    tally[code] = (tally[code] as number) + 1;
    standing[index] = (before & ~outcomeMask) | code;
  }

  function isLeft(index: number): boolean {
    const bits = at(index);
    if (records.kindAt(index) !== 'removal' || (bits & protectedUser) !== 0) return false;
    const code = bits & outcomeMask;
    if (code === codeOf.forbidden) return retryForbidden;
    return code === 0 || code === codeOf.failed || code === forbiddenForAll;
  }

  /** What a killed session left open may have been sent, and its answer is lost. */
  function closeKilledSession(): void {
    for (let index = 0; index < standing.length; index += 1) {
      if ((at(index) & open) === 0) continue;
      setOutcome(index, 0);
      standing[index] = (at(index) & ~open) | lostReply;
    }
  }

  function beginSession(mayRetryForbidden: boolean): void {
    closeKilledSession();
    retryForbidden = mayRetryForbidden;
    for (let index = 0; index < standing.length; index += 1) {
      standing[index] = at(index) & ~(protectedUser | triedThisSession);
    }
    cursor = { fresh: 0, again: 0 };
  }

  /** Fresh are those no session had covered; again those that one had, but not this one. */
  function cover({ pass, throughLine }: Starting): void {
    let index = cursor[pass];
    for (; index < records.size && records.lineAt(index) <= throughLine; index += 1) {
      const bits = at(index);
      const isOfPass =
        pass === 'fresh' ? (bits & covered) === 0 : (bits & (covered | triedThisSession)) === covered;
      if (isOfPass && isLeft(index)) standing[index] = bits | covered | open | triedThisSession;
    }
    cursor[pass] = index;
  }

  function settle(index: number, event: Settled): void {
    setOutcome(index, codeOf[event.outcome]);
    const bits = at(index) & ~(open | lostReply);
    standing[index] = event.outcome === 'failed' && event.lost === true ? bits | lostReply : bits;
  }

  /** Ended in order: what was never started is as before, what was started and not settled has no outcome. */
  function endSession({ unsent, reason }: SessionEnded): void {
    for (const line of unsent.fresh) clear(line, open | covered);
    for (const line of unsent.again) clear(line, open);
    for (let index = 0; index < standing.length; index += 1) {
      if ((at(index) & open) === 0) continue;
      setOutcome(index, 0);
      standing[index] = at(index) & ~open;
    }
    if (reason === 'all-forbidden') distrustForbidden();
    retryForbidden = false;
  }

  function distrustForbidden(): void {
    for (let index = 0; index < standing.length; index += 1) {
      if ((at(index) & outcomeMask) === codeOf.forbidden) setOutcome(index, forbiddenForAll);
    }
  }

  function clear(line: number, bits: number): void {
    const index = records.indexOfLine(line);
    if (index >= 0) standing[index] = at(index) & ~bits;
  }

  function removalOn(line: number): number {
    const index = records.indexOfLine(line);
    return index >= 0 && records.kindAt(index) === 'removal' ? index : -1;
  }

  function applyAnswer(event: AttemptAnswered | Settled, offset: number): string | undefined {
    const index = removalOn(event.line);
    if (index < 0) return noRemoval(event.line);
    attempts[index] = Math.min(event.attempts, 65_535);
    if (offset >= largestUint32 && offsets instanceof Uint32Array) offsets = new Float64Array(offsets);
    offsets[index] = offset + 1;
    if (event.event === 'settled') settle(index, event);
    else answer(index, event.lost);
    return undefined;
  }

  /** It has no outcome by it, nor has what it ended as before. */
  function answer(index: number, isLost: boolean): void {
    setOutcome(index, 0);
    if (isLost) standing[index] = at(index) | lostReply;
    if (retriesAreAnnounced) standing[index] = at(index) & ~open;
  }

  function mark(lines: readonly number[], bit: number): string | undefined {
    for (const line of lines) {
      const index = removalOn(line);
      if (index < 0) return noRemoval(line);
      standing[index] = at(index) | bit;
    }
    return undefined;
  }

  function applySession(event: JournalEvent): void {
    if (event.event === 'session-started') {
      beginSession(event.retryForbidden);
    } else if (event.event === 'starting') {
      cover(event);
    } else if (event.event === 'session-ended') {
      endSession(event);
    } else if (event.event === 'run-created') {
      retriesAreAnnounced = event.schemaVersion > 1;
    }
  }

  return {
    apply(event, offset) {
      if (event.event === 'attempt' || event.event === 'settled') return applyAnswer(event, offset);
      if (event.event === 'protected') return mark(event.lines, protectedUser);
      if (event.event === 'retrying') return mark(event.lines, open);
      applySession(event);
      return undefined;
    },
    beginSession,
    close: closeKilledSession,
    outcomeAt: (index) => outcomeCodes[at(index) & outcomeMask],
    isLeft,
    isCovered: (index) => (at(index) & covered) !== 0,
    isOfThisSession: (index) => (at(index) & triedThisSession) !== 0,
    hasLostReply: (index) => (at(index) & lostReply) !== 0,
    isProtected: (index) => (at(index) & protectedUser) !== 0,
    attemptsAt: (index) => attempts[index] as number,
    offsetAt: (index) => (offsets[index] as number) - 1,
    counts: () => ({
      removed: tally[codeOf.removed] as number,
      'not-found': tally[codeOf['not-found']] as number,
      forbidden: (tally[codeOf.forbidden] as number) + (tally[forbiddenForAll] as number),
      failed: tally[codeOf.failed] as number,
    }),
  };
}

function noRemoval(line: number): string {
  return `line ${line} of the input is no removal`;
}
