import type { Clock } from '../effects.ts';
import type { SettledOutcome } from '../plan/outcome.ts';
import type { Verdict } from '../policy/classify-reply.ts';
import type { Reply } from '../policy/reply.ts';
import { describeReply } from './describe-reply.ts';
import type { ExecutionState } from './execution.ts';
import type { OpenRemoval } from './open-removal.ts';

/** Writes what replies brought into the journal. */
export interface Recorder {
  /** An attempt that did not settle its removal. */
  attempt(removal: OpenRemoval, reply: Reply, verdict: Verdict): void;
  /** The attempt that did. */
  settled(removal: OpenRemoval, reply: Reply, ending: Ending): void;
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
  function common(removal: OpenRemoval) {
    return { line: removal.line, attempts: removal.attempts };
  }

  function measured(removal: OpenRemoval, reply: Reply) {
    const detail = describeReply(reply);
    return {
      status: reply.kind === 'response' ? reply.status : null,
      ms: Math.round((clock.now() - removal.startedAt) * 100) / 100,
      at: new Date(clock.wallNow()).toISOString(),
      ...(detail === '' ? {} : { detail }),
    };
  }

  return {
    attempt(removal, reply, { kind, reason, isLost }) {
      record({
        event: 'attempt',
        ...common(removal),
        reason,
        verdict: kind === 'settled' ? 'transient' : kind,
        lost: isLost,
        ...measured(removal, reply),
      });
    },
    settled(removal, reply, { outcome, reason, isLost }) {
      record({
        event: 'settled',
        ...common(removal),
        outcome,
        reason,
        ...(outcome === 'failed' && isLost ? { lost: true } : {}),
        ...measured(removal, reply),
      });
    },
    givenUp(removal, lastReply, reason) {
      const detail = describeReply(lastReply);
      record({
        event: 'settled',
        ...common(removal),
        outcome: 'failed',
        reason,
        ...(removal.hadLostReply ? { lost: true } : {}),
        status: lastReply.kind === 'response' ? lastReply.status : null,
        ms: null,
        at: new Date(clock.wallNow()).toISOString(),
        ...(detail === '' ? {} : { detail }),
      });
    },
  };
}
