import { describe, expect, it } from 'vitest';
import { endingOf } from '../../src/journal/ending-of.ts';
import type { AttemptAnswered, JournalEvent, Settled } from '../../src/journal/journal-event.ts';
import { createLedger } from '../../src/journal/ledger.ts';
import { recordTableOf } from './record-table-of.ts';
import { sampleEvents } from './sample-events.ts';

const started = sampleEvents['session-started'];
const covering = { ...sampleEvents.starting, throughLine: 9 };

/** How the record on line 2 ends after these events; `invalid` and the others stand on lines 3 to 5. */
function endings(events: readonly JournalEvent[], notAttemptedBecause = 'interrupted') {
  const records = recordTableOf(5, { 3: 'invalid', 4: 'duplicate', 5: 'elsewhere' });
  const ledger = createLedger(records);
  events.forEach((event, offset) => {
    ledger.apply(event, offset);
  });
  ledger.close();
  const answerAt = (offset: number) => events[offset] as AttemptAnswered | Settled;
  const sources = { records, ledger, answerAt, notAttemptedBecause };
  return (index: number) => endingOf(sources, index, { reason: 'not-an-id:user_id', detail: '1e3' });
}

describe('endingOf', () => {
  it('tells a settled removal by its line in the journal', () => {
    const settled: Settled = {
      ...sampleEvents.settled,
      outcome: 'forbidden',
      reason: 'insufficient-rights',
      status: 403,
      detail: 'no',
    };
    expect(endings([started, covering, settled])(0)).toEqual({
      outcome: 'forbidden',
      reason: 'insufficient-rights',
      status: 403,
      attempts: 2,
      finishedAt: settled.at,
      detail: 'no',
      perhapsRemoved: false,
    });
  });

  it('marks a failed one that may have been done', () => {
    const failed: Settled = {
      ...sampleEvents.settled,
      outcome: 'failed',
      reason: 'timeout',
      status: null,
      lost: true,
    };
    expect(endings([started, covering, { ...failed, detail: 'TIMEOUT' }])(0)).toMatchObject({
      detail: 'perhaps removed; TIMEOUT',
      perhapsRemoved: true,
    });
    expect(endings([started, covering, failed])(0)?.detail).toBe('perhaps removed');
  });

  it('says why one was not attempted, and how its last attempt went', () => {
    expect(endings([started], 'outage')(0)).toEqual({
      outcome: 'not-attempted',
      reason: 'outage',
      status: null,
      attempts: 0,
      finishedAt: null,
      detail: '',
      perhapsRemoved: false,
    });
    expect(endings([started, covering, sampleEvents.attempt])(0)).toMatchObject({
      outcome: 'not-attempted',
      status: 503,
      attempts: 1,
      finishedAt: null,
      detail: 'last attempt: http-503 (service_maintenance: back soon)',
      perhapsRemoved: false,
    });
    expect(endings([started, covering, sampleEvents.attempt, sampleEvents.retrying])(0)).toMatchObject({
      detail: 'perhaps removed; last attempt: http-503 (service_maintenance: back soon)',
      perhapsRemoved: true,
    });
  });

  it('knows the ways to end without a request', () => {
    const ending = endings([started, { event: 'protected', lines: [2] }]);
    expect(ending(0)).toMatchObject({ outcome: 'protected', reason: 'on-protect-list' });
    expect(ending(1)).toMatchObject({ outcome: 'invalid', reason: 'not-an-id:user_id', detail: '1e3' });
    expect(ending(2)).toMatchObject({ outcome: 'duplicate', reason: 'duplicate-of-line-2' });
    expect(ending(3)).toBeUndefined();
  });
});
