/** How a record ends: exactly one of these. The order is the one of reports. */
export const outcomes = [
  'removed',
  'not-found',
  'forbidden',
  'failed',
  'invalid',
  'duplicate',
  'protected',
  'not-attempted',
] as const;

export type Outcome = (typeof outcomes)[number];

/** The outcomes that an answer, or its absence, can give; the others are decided without asking the API. */
export type SettledOutcome = Extract<Outcome, 'removed' | 'not-found' | 'forbidden' | 'failed'>;

/** Why a run stopped before its end; the `reason` of what it did not attempt. */
export type StopReason =
  | 'interrupted'
  | 'time-limit'
  | 'outage'
  | 'throttled'
  | 'unauthorized'
  | 'all-forbidden'
  | 'unrecognised-answer'
  | 'tls'
  | 'proxy'
  | 'journal';
