import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JournalEvent, SessionEnded } from '../../src/journal/journal-event.ts';
import { createLedger, type Ledger } from '../../src/journal/ledger.ts';
import { countLeft, countOutcomes, isAllSettled, outcomeOf } from '../../src/journal/outcome-of.ts';
import { recordTableOf } from './record-table-of.ts';
import { sampleEvents } from './sample-events.ts';

const at = '2026-11-24T23:53:42.118Z';

function started(rest: Partial<Extract<JournalEvent, { event: 'session-started' }>> = {}): JournalEvent {
  return {
    event: 'session-started',
    session: 1,
    at,
    host: 'h',
    pid: 1,
    version: '0',
    apiKeyFingerprint: null,
    settings: {},
    dryRun: false,
    retryForbidden: false,
    ...rest,
  };
}

function ended(rest: Partial<SessionEnded> = {}): SessionEnded {
  return {
    event: 'session-ended',
    session: 1,
    at,
    status: 'completed',
    reason: null,
    message: null,
    exitCode: 0,
    seconds: 1,
    unsent: { fresh: [], again: [] },
    left: 0,
    forbidden: 0,
    ...rest,
  };
}

const fresh = (throughLine: number): JournalEvent => ({ event: 'starting', pass: 'fresh', throughLine });
const again = (throughLine: number): JournalEvent => ({ event: 'starting', pass: 'again', throughLine });

const retrying = (...lines: number[]): JournalEvent => ({ event: 'retrying', lines });

function answered(line: number, lost: boolean, attempts = 1): JournalEvent {
  return {
    event: 'attempt',
    line,
    attempts,
    status: 503,
    reason: 'http-503',
    verdict: 'transient',
    lost,
    ms: 1,
    at,
  };
}

function settled(
  line: number,
  outcome: 'removed' | 'not-found' | 'forbidden' | 'failed',
  lost = false,
): JournalEvent {
  return {
    event: 'settled',
    line,
    outcome,
    reason: 'r',
    attempts: 1,
    status: 204,
    ms: 1,
    at,
    ...(lost ? { lost: true as const } : {}),
  };
}

function fold(events: readonly JournalEvent[], size = 5): Ledger {
  const ledger = createLedger(recordTableOf(size));
  events.forEach((event, index) => {
    expect(ledger.apply(event, index * 100)).toBeUndefined();
  });
  return ledger;
}

describe('a removal', () => {
  it('is surely unsent until a watermark covers it', () => {
    const ledger = fold([started(), fresh(3)]);
    expect([0, 1, 2].map(ledger.isCovered)).toEqual([true, true, false]);
  });

  it('may have been sent where a killed session had covered it and not settled it', () => {
    const ledger = fold([started(), fresh(4), settled(2, 'removed'), answered(3, false)]);
    ledger.close();
    expect([0, 1, 2, 3].map(ledger.hasLostReply)).toEqual([false, false, true, false]);
    expect([0, 1, 2, 3].map(ledger.isLeft)).toEqual([false, true, true, true]);
  });

  it('may have been sent again once a line says so, where a kill cut its retry off', () => {
    const ledger = fold([started(), fresh(3), answered(2, false), answered(3, false), retrying(3)]);
    ledger.close();
    expect([0, 1].map(ledger.hasLostReply)).toEqual([false, true]);
  });

  it('is not perhaps removed where its retry was announced and an ordered end came first', () => {
    const ledger = fold([started(), fresh(2), answered(2, false), retrying(2), ended()]);
    expect(ledger.hasLostReply(0)).toBe(false);
    expect(ledger.isLeft(0)).toBe(true);
  });

  it('may have been sent again after any answer in a journal of version 1, which announced no retries', () => {
    const old: JournalEvent = { ...sampleEvents['run-created'], schemaVersion: 1 };
    const ledger = fold([old, started(), fresh(2), answered(2, false)]);
    ledger.close();
    expect(ledger.hasLostReply(0)).toBe(true);
  });

  it('is the same to the session after the killed one', () => {
    const ledger = fold([started(), fresh(3), started({ session: 2 })]);
    expect(ledger.hasLostReply(0)).toBe(true);
    expect(ledger.hasLostReply(2)).toBe(false);
  });

  it('is as its attempts left it where the session ended in order', () => {
    const stopped = ended({ status: 'stopped', reason: 'outage' });
    const ledger = fold([started(), fresh(4), answered(2, false), answered(3, true), stopped]);
    expect([0, 1, 2].map(ledger.hasLostReply)).toEqual([false, true, false]);
  });

  it('is unsent again where the session says that it never started it', () => {
    const ledger = fold([
      started(),
      fresh(4),
      settled(2, 'removed'),
      ended({ unsent: { fresh: [3, 4], again: [] } }),
    ]);
    expect([0, 1, 2].map(ledger.isCovered)).toEqual([true, false, false]);
    ledger.close();
    expect(ledger.hasLostReply(1)).toBe(false);
  });

  it('stays perhaps removed until something settles it', () => {
    const stop = ended({ status: 'stopped', reason: 'interrupted' });
    const begun = [started(), fresh(2), answered(2, true), stop, started({ session: 2 }), again(2)];
    expect(fold([...begun, answered(2, false, 2), stop]).hasLostReply(0)).toBe(true);
    expect(fold([...begun, settled(2, 'not-found')]).hasLostReply(0)).toBe(false);
    expect(fold([...begun, settled(2, 'failed')]).hasLostReply(0)).toBe(false);
    expect(fold([...begun, settled(2, 'failed', true)]).hasLostReply(0)).toBe(true);
  });

  it('keeps an outcome that was to be tried again and was not', () => {
    const ledger = fold([
      started(),
      fresh(3),
      settled(2, 'failed'),
      settled(3, 'failed'),
      ended(),
      started({ session: 2 }),
      again(3),
      ended({ status: 'stopped', reason: 'interrupted', unsent: { fresh: [], again: [3] } }),
    ]);
    expect(ledger.outcomeAt(0)).toBeUndefined();
    expect(ledger.outcomeAt(1)).toBe('failed');
  });

  it('is tried once a session: what was begun fresh is not begun again in it', () => {
    const ledger = fold([started(), fresh(3), settled(2, 'failed'), again(6)]);
    ledger.close();
    expect(ledger.outcomeAt(0)).toBe('failed');
  });

  it('remembers where its last line is, and how many requests it took', () => {
    const ledger = fold([started(), fresh(3), answered(2, true, 1), answered(2, true, 2)]);
    expect(ledger.offsetAt(0)).toBe(300);
    expect(ledger.attemptsAt(0)).toBe(2);
    expect(ledger.offsetAt(1)).toBe(-1);
    expect(ledger.attemptsAt(1)).toBe(0);
  });

  it.each([2 ** 32 - 2, 2 ** 32 - 1, 2 ** 32, 2 ** 40])(
    'remembers a line at byte %i of a long journal',
    (offset) => {
      const ledger = fold([started(), fresh(3), answered(2, true, 1)]);
      ledger.apply(answered(3, true, 1), offset);
      expect(ledger.offsetAt(1)).toBe(offset);
      expect(ledger.offsetAt(0)).toBe(200);
      expect(ledger.offsetAt(2)).toBe(-1);
    },
  );
});

describe('a forbidden removal', () => {
  const run = [started(), fresh(2), settled(2, 'forbidden')];

  it('is final', () => {
    expect(fold([...run, ended()]).isLeft(0)).toBe(false);
  });

  it('is tried again in a session that asks for it, and final after it', () => {
    const asked = [...run, ended(), started({ session: 2, retryForbidden: true })];
    expect(fold(asked).isLeft(0)).toBe(true);
    expect(fold([...asked, ended({ session: 2 })]).isLeft(0)).toBe(false);
  });

  it('is tried again after a run that stopped because all were', () => {
    const ledger = fold([...run, ended({ status: 'stopped', reason: 'all-forbidden' })]);
    expect(ledger.isLeft(0)).toBe(true);
    expect(ledger.outcomeAt(0)).toBe('forbidden');
    expect(ledger.counts()).toMatchObject({ forbidden: 1 });
  });

  it('stays so over a session that did not come to it', () => {
    const stop = ended({ status: 'stopped', reason: 'interrupted' });
    const ledger = fold([
      ...run,
      ended({ status: 'stopped', reason: 'all-forbidden' }),
      started({ session: 2 }),
      stop,
    ]);
    expect(ledger.isLeft(0)).toBe(true);
    expect(ledger.outcomeAt(0)).toBe('forbidden');
  });
});

describe('a protected user', () => {
  const table = recordTableOf(4);
  const ledgerOf = (events: readonly JournalEvent[]) => {
    const ledger = createLedger(table);
    for (const event of events) ledger.apply(event, 0);
    return ledger;
  };

  it('is not left, and so reported, unless the journal has settled it', () => {
    const ledger = ledgerOf([
      started(),
      fresh(4),
      settled(2, 'removed'),
      settled(3, 'failed'),
      ended(),
      started({ session: 2 }),
      { event: 'protected', lines: [2, 3, 4] },
    ]);
    expect([0, 1, 2, 3].map((index) => outcomeOf(table, ledger, index))).toEqual([
      'removed',
      'protected',
      'protected',
      'not-attempted',
    ]);
    expect([0, 1, 2].map(ledger.isLeft)).toEqual([false, false, false]);
  });

  it('is one only as long as the list of the last session says so', () => {
    const ledger = ledgerOf([
      started(),
      { event: 'protected', lines: [2] },
      ended(),
      started({ session: 2 }),
    ]);
    expect(ledger.isLeft(0)).toBe(true);
  });

  it('makes a difference to a run that is settled else', () => {
    const done = ledgerOf([
      started(),
      { event: 'protected', lines: [3] },
      fresh(5),
      settled(2, 'removed'),
      settled(4, 'removed'),
      settled(5, 'removed'),
      ended(),
    ]);
    expect(isAllSettled(table, done, [3])).toBe(true);
    expect(isAllSettled(table, done, [])).toBe(false);
    expect(isAllSettled(table, done, [2, 3])).toBe(false);
  });
});

describe('an event that cannot belong to the input', () => {
  it.each([
    { name: 'an attempt on a line that is none', event: answered(99, false) },
    { name: 'an outcome of an invalid record', event: settled(3, 'removed') },
    { name: 'an outcome of a duplicate', event: settled(4, 'removed') },
    { name: 'a protected line of another shard', event: { event: 'protected', lines: [5] } as const },
  ])('is refused: $name', ({ event }) => {
    const ledger = createLedger(recordTableOf(5, { 3: 'invalid', 4: 'duplicate', 5: 'elsewhere' }));
    expect(ledger.apply(event, 0)).toContain('is no removal');
  });
});

describe('the counts', () => {
  it('add up to the records of this shard', () => {
    const table = recordTableOf(6, { 4: 'invalid', 5: 'duplicate', 6: 'elsewhere' });
    const ledger = createLedger(table);
    for (const event of [started(), fresh(3), settled(2, 'removed')]) ledger.apply(event, 0);
    expect(countOutcomes(table, ledger)).toEqual({
      removed: 1,
      'not-found': 0,
      forbidden: 0,
      failed: 0,
      invalid: 1,
      duplicate: 1,
      protected: 0,
      'not-attempted': 2,
    });
    expect(countLeft(table, ledger)).toBe(2);
  });
});

/**
 * A run of sessions against a server that keeps the truth, written down as a journal in the order of the contract:
 * watermark, request, answer, line. Killing it after any line must leave every removal in a state that is true.
 */
describe('a journal that ends anywhere', () => {
  interface Step {
    readonly event: JournalEvent;
    /** Lines whose request had been sent by the time this line was on disk, and lines that were removed by then. */
    readonly sent: ReadonlySet<number>;
    readonly removed: ReadonlySet<number>;
  }

  /** Each removal's answers in order: lost ones may have done it. */
  const fates = fc.array(fc.constantFrom('removed', 'lost-done', 'lost-undone', 'maintenance', 'forbidden'), {
    minLength: 1,
    maxLength: 3,
  });
  const runs = fc.record({
    fates: fc.array(fates, { minLength: 1, maxLength: 6 }),
    window: fc.integer({ min: 1, max: 3 }),
  });

  function write({ fates: all, window }: { fates: string[][]; window: number }): Step[] {
    const steps: Step[] = [];
    const sent = new Set<number>();
    const removed = new Set<number>();
    const push = (event: JournalEvent) =>
      steps.push({ event, sent: new Set(sent), removed: new Set(removed) });
    push(started());
    let covered = 1;
    all.forEach((fate, index) => {
      const line = index + 2;
      if (line > covered) {
        covered = Math.min(all.length + 1, line + window - 1);
        push(fresh(covered));
      }
      let mayBeSent = false;
      const end = fate.findIndex((answer) => answer === 'removed' || answer === 'forbidden');
      fate.slice(0, end < 0 ? undefined : end + 1).forEach((answer, attempt) => {
        if (attempt > 0 && !mayBeSent) push(retrying(line));
        mayBeSent = answer.startsWith('lost') || mayBeSent;
        sent.add(line);
        const wasMember = !removed.has(line);
        if (answer === 'removed' || answer === 'lost-done') removed.add(line);
        if (answer === 'removed') push(settled(line, wasMember ? 'removed' : 'not-found'));
        else if (answer === 'forbidden') push(settled(line, 'forbidden'));
        else push(answered(line, answer !== 'maintenance', attempt + 1));
      });
    });
    return steps;
  }

  /** The last line about it is an answer, and no reply was ever lost: no request of ours can have removed anybody. */
  function isAnsweredOnly(steps: readonly Step[], line: number): boolean {
    const about = steps.map(({ event }) => event).filter((event) => concerns(event, line));
    return about.at(-1)?.event === 'attempt' && !about.some((event) => 'lost' in event && event.lost);
  }

  function concerns(event: JournalEvent, line: number): boolean {
    if ('line' in event) return event.line === line;
    return event.event === 'retrying' && event.lines.includes(line);
  }

  it('leaves no removal that was sent in a state that says it never was', () => {
    fc.assert(
      fc.property(runs, fc.nat(), (run, cut) => {
        const steps = write(run);
        const kept = steps.slice(0, 1 + (cut % steps.length));
        const table = recordTableOf(run.fates.length);
        const ledger = createLedger(table);
        for (const { event } of kept) ledger.apply(event, 0);
        ledger.close();
        // What was on its way when the kill came: everything that the next line on disk would have known of.
        const { sent, removed } = steps[kept.length] ??
          steps[kept.length - 1] ?? { sent: new Set(), removed: new Set() };
        for (let index = 0; index < table.size; index += 1) {
          const line = table.lineAt(index);
          const outcome = ledger.outcomeAt(index);
          if (sent.has(line)) expect(ledger.isCovered(index)).toBe(true);
          if (outcome === undefined && removed.has(line)) expect(ledger.hasLostReply(index)).toBe(true);
          if (outcome === undefined) expect(ledger.isLeft(index)).toBe(true);
          if (!ledger.isCovered(index)) expect(ledger.hasLostReply(index)).toBe(false);
          if (isAnsweredOnly(kept, line)) expect(ledger.hasLostReply(index)).toBe(false);
        }
      }),
      { numRuns: 2_000, seed: 20261125 },
    );
  });
});
