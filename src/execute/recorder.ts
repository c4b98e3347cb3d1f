import type { Clock } from '../effects.ts';
import type { AttemptAnswered, Settled } from '../journal/journal-event.ts';
import type { SettledOutcome } from '../plan/outcome.ts';
import type { Verdict } from '../policy/classify-reply.ts';
import type { Reply } from '../policy/reply.ts';
import { describeReply } from './describe-reply.ts';
import type { ExecutionState } from './execution.ts';
import type { OpenRemoval } from './open-removal.ts';

/** Writes what replies brought into the journal. */
export interface Recorder {
  /** An attempt that did not settle its removal. */
  attempt(removal: OpenRemoval, reply: Reply, verdict: Verdict, now: number): void;
  /** The attempt that did. */
  settled(removal: OpenRemoval, reply: Reply, ending: Ending, now: number): void;
  /** Its attempts are used up; the last one has been written already. */
  givenUp(removal: OpenRemoval, lastReply: Reply, reason: string): void;
}

interface Ending {
  readonly outcome: SettledOutcome;
  readonly reason: string;
  /** Only where `failed`: some attempt may have done the removal. */
  readonly isLost: boolean;
}

export function createRecorder(clock: Clock, { record }: ExecutionState): Recorder {
  const instant = createInstants(clock);
  const took = ({ startedAt }: OpenRemoval, now: number) => Math.round((now - startedAt) * 100) / 100;

  return {
    attempt(removal, reply, { kind, reason, isLost }, now) {
      const answered: AttemptAnswered = {
        event: 'attempt',
        line: removal.line,
        attempts: removal.attempts,
        reason,
        verdict: kind === 'settled' ? 'transient' : kind,
        lost: isLost,
        status: statusOf(reply),
        ms: took(removal, now),
        at: instant(),
      };
      record(withDetail(answered, reply));
    },
    settled(removal, reply, { outcome, reason, isLost }, now) {
      const settled: Settled = {
        event: 'settled',
        line: removal.line,
        attempts: removal.attempts,
        outcome,
        reason,
        status: statusOf(reply),
        ms: took(removal, now),
        at: instant(),
      };
      record(withDetail(outcome === 'failed' && isLost ? { ...settled, lost: true } : settled, reply));
    },
    givenUp(removal, lastReply, reason) {
      const settled: Settled = {
        event: 'settled',
        line: removal.line,
        attempts: removal.attempts,
        outcome: 'failed',
        reason,
        status: statusOf(lastReply),
        ms: null,
        at: instant(),
      };
      record(withDetail(removal.hadLostReply ? { ...settled, lost: true } : settled, lastReply));
    },
  };
}

function statusOf(reply: Reply): number | null {
  return reply.kind === 'response' ? reply.status : null;
}

/** Most answers say nothing. */
function withDetail<E extends AttemptAnswered | Settled>(event: E, reply: Reply): E {
  const detail = describeReply(reply);
  return detail === '' ? event : { ...event, detail };
}

/** Many lines are of the same millisecond. */
function createInstants(clock: Clock): () => string {
  let lastMs = Number.NaN;
  let text = '';
  return () => {
    const ms = clock.wallNow();
    if (ms !== lastMs) {
      lastMs = ms;
      text = new Date(ms).toISOString();
    }
    return text;
  };
}
