import type { Pair } from '../effects.ts';
import type { Fault } from './fault.ts';

/** What `GET /sandbox/state` shows: the truth that a report can be held against. */
export interface SandboxState {
  /** What is left, by workspace and user. */
  readonly memberships: readonly Pair[];
  /** Every removal that was done, in order. */
  readonly changes: readonly Change[];
  readonly requests: RequestCounts;
}

/** One removal that was done, whatever the client heard of it. */
export interface Change extends Pair {
  /** ISO 8601, UTC. */
  readonly at: string;
  /** What the client was shown: an HTTP status, or how its answer was lost. */
  readonly shown: Shown;
}

type Shown = number | Exclude<Fault['shows'], object>;

/** Requests for the state itself are not counted. */
interface RequestCounts {
  readonly seen: number;
  readonly inFlight: number;
  readonly mostInFlight: number;
  /** By HTTP status, `reset` and `silence`. */
  readonly shown: Readonly<Record<string, number>>;
}

/** Counts requests. */
export interface Traffic {
  begin(): void;
  show(shown: Shown): void;
  end(): void;
  counts(): RequestCounts;
}

export function createTraffic(): Traffic {
  let seen = 0;
  let inFlight = 0;
  let mostInFlight = 0;
  const shownSoFar = new Map<Shown, number>();
  return {
    begin() {
      seen += 1;
      inFlight += 1;
      mostInFlight = Math.max(mostInFlight, inFlight);
    },
    show(shown) {
      shownSoFar.set(shown, (shownSoFar.get(shown) ?? 0) + 1);
    },
    end() {
      inFlight -= 1;
    },
    counts: () => ({ seen, inFlight, mostInFlight, shown: Object.fromEntries(shownSoFar) }),
  };
}
