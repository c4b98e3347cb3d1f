import type { Pair } from '../effects.ts';
import { type Answer, apiError, page, underMaintenance } from './answer.ts';
import { seededShare } from './seeded-share.ts';

/** How a removal's request goes wrong. */
export interface Fault {
  /** Whether the removal is done all the same, and only its answer lost. */
  readonly acts: boolean;
  /** What the client gets to see: an answer, a connection that is reset, or nothing until it gives up. */
  readonly shows: Answer | 'reset' | 'silence';
}

/** One request for a removal: the `nth` of its pair, counted from 1. */
export interface RemovalRequest extends Pair {
  readonly nth: number;
}

/** Every kind of fault with its weight. Silence is rare, since each costs the client its whole timeout. */
const mix: readonly (readonly [weight: number, fault: Fault])[] = [
  [3, { acts: false, shows: 'reset' }],
  [3, { acts: true, shows: 'reset' }],
  [2, { acts: false, shows: apiError(500, 'internal_error', 'An unexpected error occurred.') }],
  [1, { acts: true, shows: page(500, 'Server Error (500)') }],
  [2, { acts: false, shows: page(502, '502 Bad Gateway') }],
  [1, { acts: false, shows: apiError(503, 'service_unavailable', 'Try again later.') }],
  [1, { acts: false, shows: page(503, '503 Service Temporarily Unavailable') }],
  [1, { acts: false, shows: underMaintenance('2026-11-24T22:00:00Z') }],
  [1, { acts: false, shows: apiError(504, 'gateway_timeout', 'The upstream did not answer in time.') }],
  [2, { acts: true, shows: page(504, '504 Gateway Time-out') }],
  [1, { acts: false, shows: 'silence' }],
  [1, { acts: true, shows: 'silence' }],
];

const totalWeight = mix.reduce((sum, [weight]) => sum + weight, 0);

/** Tells the draws of one request apart: whether it fails, how, and how long it takes. */
const drawOf = { whether: 1, which: 2, latency: 3 } as const;

/** The fault of this request, if it has one; `share` from 0 (never) to 1 (always). */
export function faultOf(seed: number, share: number, request: RemovalRequest): Fault | undefined {
  const { workspace, user, nth } = request;
  if (seededShare(seed, drawOf.whether, workspace, user, nth) >= share) return undefined;
  let left = seededShare(seed, drawOf.which, workspace, user, nth) * totalWeight;
  return mix.find(([weight]) => {
    left -= weight;
    return left < 0;
  })?.[1];
}

/** How long this request takes: from half to one and a half of `averageMs`. */
export function latencyOf(seed: number, averageMs: number, request: RemovalRequest): number {
  const { workspace, user, nth } = request;
  return averageMs * (0.5 + seededShare(seed, drawOf.latency, workspace, user, nth));
}
