import { setTimeout as delay } from 'node:timers/promises';
import type { Pair } from '../effects.ts';
import { admit, initialBucket } from './admission.ts';
import { answerRead } from './answer-read.ts';
import { type Course, decideRemoval } from './decide-removal.ts';
import { latencyOf } from './fault.ts';
import { createMemberships } from './memberships.ts';
import type { Route } from './route.ts';
import type { SandboxOptions } from './sandbox-options.ts';
import type { Change } from './sandbox-state.ts';

/** What stands behind the sandbox's address: who is a member of what, and how it answers. */
export interface Instance {
  /** Decides, waits as long as an answer takes, acts, and says what the client gets to see. */
  answer(route: ApiRoute, authorization: string | undefined, origin: string): Promise<Course['shows']>;
  /** What is left, by workspace and user. */
  memberships(): readonly Pair[];
  /** Every removal that was done, in order. */
  changes(): readonly Change[];
}

/** Every route but the sandbox's own. */
type ApiRoute = Exclude<Route, { kind: 'state' }>;

/** `signal` cuts the waits short; answers are then rejected. */
export function createInstance(
  options: SandboxOptions,
  pairs: Iterable<Pair>,
  signal: AbortSignal,
): Instance {
  const memberships = createMemberships(pairs);
  const changes: Change[] = [];
  const requestsOfPair = new Map<string, number>();
  let bucket = initialBucket(options, performance.now());

  /** Counts only requests that were let through, so that a rate limit does not change which of them fail. */
  function nextOfPair({ workspace, user }: Pair): number {
    const pair = `${workspace}/${user}`;
    const nth = (requestsOfPair.get(pair) ?? 0) + 1;
    requestsOfPair.set(pair, nth);
    return nth;
  }

  async function remove({ workspace, user }: Pair): Promise<Course['shows']> {
    const request = { workspace, user, nth: nextOfPair({ workspace, user }) };
    await pause(latencyOf(options.seed, options.latencyMs, request));
    const { removes, shows } = decideRemoval(options, request, memberships.has(request));
    if (removes) {
      memberships.remove(request);
      const shown = typeof shows === 'object' ? shows.status : shows;
      changes.push({ at: new Date().toISOString(), workspace, user, shown });
    }
    return shows;
  }

  async function pause(ms: number): Promise<void> {
    if (ms > 0) await delay(ms, undefined, { signal });
  }

  return {
    async answer(route, authorization, origin) {
      const admission = admit(options, authorization, bucket, performance.now());
      bucket = admission.bucket;
      if (admission.refusal !== undefined) return admission.refusal;
      if (route.kind === 'remove') return remove(route);
      await pause(options.latencyMs);
      return answerRead(route, memberships, origin);
    },
    memberships: memberships.all,
    changes: () => changes,
  };
}
