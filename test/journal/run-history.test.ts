import { describe, expect, it } from 'vitest';
import type { JournalEvent } from '../../src/journal/journal-event.ts';
import { buildReportFacts, exitOf, notAttemptedBecause } from '../../src/journal/report-facts.ts';
import { createRunHistory, type RunHistory } from '../../src/journal/run-history.ts';
import { outcomes, type StopReason } from '../../src/plan/outcome.ts';
import { byOutcome } from '../../src/report/by-outcome.ts';
import { sampleEvents } from './sample-events.ts';

const created = sampleEvents['run-created'];
const started = sampleEvents['session-started'];
const ended = sampleEvents['session-ended'];

function historyOf(events: readonly JournalEvent[]): RunHistory {
  const history = createRunHistory();
  for (const event of events) history.apply(event);
  return history;
}

const later = (seconds: number) => new Date(Date.parse(created.at) + 1_000 * seconds).toISOString();

describe('a history', () => {
  it('knows the first and the last session, and how that ended', () => {
    const second = { ...started, session: 2, at: later(60), host: 'it-ops-02' };
    const history = historyOf([created, started, ended, second]);
    expect(history.sessions()).toBe(2);
    expect(history.firstSession()).toEqual(started);
    expect(history.lastSession()).toEqual(second);
    expect(history.lastEnd()).toBeUndefined();
    expect(history.lastAt()).toBe(later(60));
  });

  it('takes how long a killed session took from the instants of its lines', () => {
    const history = historyOf([
      created,
      started,
      { ...sampleEvents.settled, at: later(7) },
      { ...started, session: 2, at: later(100) },
      { ...ended, session: 2, at: later(102), seconds: 2 },
    ]);
    expect(history.requests().seconds).toBe(9);
    expect(history.warnings()).toEqual([
      'session 1 was cut off: what was in flight then may have been removed, and is sent again unless it is protected by now',
    ]);
  });

  it('warns where another key was used, in another session or in the same', () => {
    const other = { ...started, session: 2, apiKeyFingerprint: 'sha256:ffffffffffff' };
    const history = historyOf([created, started, ended, other, sampleEvents['key-changed']]);
    expect(history.warnings()).toEqual([
      'session 2 used another API key (sha256:ffffffffffff, before sha256:0123456789ab)',
      'the API key changed during the run (sha256:ba9876543210, before sha256:ffffffffffff)',
    ]);
    expect(history.apiKeyFingerprint()).toBe('sha256:ba9876543210');
  });

  it('keeps the key of the run over a dry run, which has none', () => {
    const dry = { ...started, session: 2, dryRun: true, apiKeyFingerprint: null };
    const history = historyOf([created, started, ended, dry]);
    expect(history.apiKeyFingerprint()).toBe(started.apiKeyFingerprint);
    expect(history.warnings()).toEqual([]);
  });

  it.each<{ name: string; events: readonly JournalEvent[]; isAccepted: boolean }>([
    { name: 'a removal was settled', events: [sampleEvents.settled], isAccepted: true },
    {
      name: 'the API refused a removal',
      events: [{ ...sampleEvents.settled, outcome: 'forbidden' }],
      isAccepted: true,
    },
    {
      name: 'a removal failed, whoever answered',
      events: [{ ...sampleEvents.settled, outcome: 'failed' }],
      isAccepted: false,
    },
    { name: 'nothing was answered', events: [], isAccepted: false },
  ])('says of the key whether the API accepted it, in any session: $name', ({ events, isAccepted }) => {
    const history = historyOf([created, started, ...events, ended, { ...started, session: 2 }]);
    expect(history.isKeyAccepted('sha256:0123456789ab')).toBe(isAccepted);
    expect(history.isKeyAccepted('sha256:ba9876543210')).toBe(false);
  });

  it('takes a late answer to the old key for no sign that the new one is good', () => {
    const changed = { ...sampleEvents['key-changed'], at: later(10) };
    const late = { ...sampleEvents.settled, at: later(11), ms: 5_000 };
    const history = historyOf([created, started, changed, late]);
    expect(history.isKeyAccepted(changed.apiKeyFingerprint)).toBe(false);
    history.apply({ ...late, ms: 200 });
    expect(history.isKeyAccepted(changed.apiKeyFingerprint)).toBe(true);
  });

  it('passes on what the journal itself warns of', () => {
    expect(historyOf([created, started, sampleEvents.warning]).warnings()).toEqual([
      sampleEvents.warning.text,
    ]);
  });
});

describe('the reason of what was not attempted', () => {
  it.each([
    {
      name: 'why the session stopped',
      events: [started, { ...ended, reason: 'outage' as const }],
      reason: 'outage',
    },
    { name: 'an interruption, where it was killed', events: [started], reason: 'interrupted' },
    { name: 'the dry run', events: [{ ...started, dryRun: true }, ended], reason: 'dry-run' },
  ])('is $name', ({ events, reason }) => {
    expect(notAttemptedBecause(historyOf([created, ...events]))).toBe(reason);
  });
});

describe('exitOf', () => {
  const none = byOutcome(() => 0);

  it.each([
    ['interrupted', 'stopped'],
    ['time-limit', 'stopped'],
    ['outage', 'stopped'],
    ['throttled', 'stopped'],
    ['unauthorized', 'stoppedForAll'],
    ['all-forbidden', 'stoppedForAll'],
    ['unrecognised-answer', 'stoppedForAll'],
    ['tls', 'stoppedForAll'],
    ['proxy', 'stoppedForAll'],
    ['journal', 'defect'],
  ] as const satisfies readonly (readonly [StopReason, string])[])(
    '%s is %s, whatever else a person has to look at',
    (reason, exit) => {
      expect(exitOf(reason, { ...none, failed: 3 })).toBe(exit);
    },
  );

  it.each(outcomes)('a run to its end with a record that is %s', (outcome) => {
    const needsPerson = ['forbidden', 'failed', 'invalid'].includes(outcome);
    expect(exitOf(undefined, { ...none, [outcome]: 1 })).toBe(needsPerson ? 'attention' : 'done');
  });
});

describe('buildReportFacts', () => {
  it('says of a killed run that it was interrupted, with exit code 21', () => {
    const { run, stopMessage } = buildReportFacts(historyOf([created, started]), 5, '0.1.0');
    expect(run).toMatchObject({ status: 'stopped', reason: 'interrupted', exitCode: 21, sessions: 1 });
    expect(stopMessage).toBe('The run was cut off before its end.');
  });

  it('says of a run to its end what its last line says', () => {
    const facts = buildReportFacts(historyOf([created, started, { ...ended, exitCode: 20 }]), 5, '0.1.0');
    expect(facts.run).toMatchObject({ id: created.runId, status: 'completed', reason: null, exitCode: 20 });
    expect(facts.target).toEqual({ ...created.target, apiKeyFingerprint: started.apiKeyFingerprint });
    expect(facts.stopMessage).toBeNull();
  });

  it("has both numbers of records of a shard's", () => {
    const facts = buildReportFacts(historyOf([{ ...created, shard: '2/4' }, started, ended]), 2, '0.1.0');
    expect(facts.input).toMatchObject({ records: 2, fileRecords: 5, shard: '2/4' });
  });

  it('refuses a journal without a session', () => {
    expect(() => buildReportFacts(historyOf([created]), 5, '0.1.0')).toThrow('needs a session');
  });
});
