import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import fsp from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findUnfinishedRun, readRunCreated } from '../../src/io/find-run-folder.ts';
import type { JournalEvent, SessionEnded } from '../../src/journal/journal-event.ts';
import { renderJournalLine } from '../../src/journal/journal-line.ts';
import { identityOf } from '../../src/journal/run-identity.ts';
import { sampleEvents } from '../journal/sample-events.ts';

const created = sampleEvents['run-created'];

let runs: string;

beforeEach(() => {
  runs = mkdtempSync(join(tmpdir(), 'offboard-runs-'));
});
afterEach(() => {
  rmSync(runs, { recursive: true });
});

function makeRun(name: string, events: readonly JournalEvent[]): string {
  const folder = join(runs, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'journal.ndjson'), events.map(renderJournalLine).join(''));
  return folder;
}

/** The part of a report that is looked at. */
function reportIn(folder: string, sessions: number): void {
  writeFileSync(join(folder, 'report.json'), JSON.stringify({ run: { sessions } }));
}

describe('readRunCreated', () => {
  it('reads what a run belongs to, however long its journal', async () => {
    const folder = makeRun('a', [created, ...Array<JournalEvent>(9_000).fill(sampleEvents.settled)]);
    expect(await readRunCreated(folder)).toEqual(created);
  });

  it.each([
    { name: 'no journal', text: undefined },
    { name: 'an empty one', text: '' },
    { name: 'a torn first line', text: '{"event":"run-created"' },
    { name: 'another first line', text: renderJournalLine(sampleEvents.settled) },
    { name: 'a first line that is no JSON', text: 'hello\n' },
  ])('finds no run where there is $name', async ({ text }) => {
    if (text !== undefined) writeFileSync(join(runs, 'journal.ndjson'), text);
    expect(await readRunCreated(runs)).toBeUndefined();
  });
});

describe('findUnfinishedRun', () => {
  const find = (retryForbidden = false) => findUnfinishedRun(runs, identityOf(created), retryForbidden);
  const started = sampleEvents['session-started'];
  const ended = (rest: Partial<SessionEnded>): SessionEnded => ({
    ...sampleEvents['session-ended'],
    ...rest,
  });
  const run = (name: string, at: string, ...events: Parameters<typeof makeRun>[1]) =>
    makeRun(name, [{ ...created, at }, started, ...events]);

  it('finds nothing where there are no runs', async () => {
    expect(await find()).toBeUndefined();
  });

  it('finds the newest one that left something, by when it began', async () => {
    run('c', '2026-11-01T00:00:00.000Z', ended({ left: 1 }));
    const newest = run('a', '2026-11-03T00:00:00.000Z', ended({ left: 3 }));
    reportIn(run('b', '2026-11-04T00:00:00.000Z', ended({ left: 0 })), 1);
    expect(await find()).toBe(newest);
  });

  it('finds one that was cut off, with or without a torn line', async () => {
    const killed = run('a', '2026-11-03T00:00:00.000Z');
    expect(await find()).toBe(killed);
    writeFileSync(join(killed, 'journal.ndjson'), '{"ev', { flag: 'a' });
    expect(await find()).toBe(killed);
  });

  it('takes forbidden records for something left only where they are asked for', async () => {
    const folder = run('a', '2026-11-03T00:00:00.000Z', ended({ left: 0, forbidden: 2 }));
    reportIn(folder, 1);
    expect(await find()).toBeUndefined();
    expect(await find(true)).toBe(folder);
  });

  it.each([
    { name: 'is not there', report: undefined },
    { name: 'is half', report: '{"run":{"sess' },
    { name: 'tells of an earlier session only', report: '{"run":{"sessions":1}}' },
  ])('finds one that was cut off before its report was there: it $name', async ({ report }) => {
    const folder = run(
      'a',
      '2026-11-03T00:00:00.000Z',
      ended({ session: 1, left: 2 }),
      { ...started, session: 2 },
      ended({ session: 2, left: 0 }),
    );
    if (report !== undefined) writeFileSync(join(folder, 'report.json'), report);
    expect(await find()).toBe(folder);
    reportIn(folder, 2);
    expect(await find()).toBeUndefined();
  });

  it.each([
    { name: 'no JSON', first: 'garbage\n' },
    { name: 'of a newer version', first: renderJournalLine({ ...created, schemaVersion: 99 }) },
  ])('is refused where a run of this input has a journal whose first line is $name', async ({ first }) => {
    const input = 'workspace_id,user_id\n1,1\n';
    const sha256 = createHash('sha256').update(input).digest('hex');
    const folder = run('a', '2026-11-03T00:00:00.000Z');
    writeFileSync(join(folder, 'journal.ndjson'), first);
    writeFileSync(join(folder, 'input.csv'), input);
    await expect(findUnfinishedRun(runs, { ...identityOf(created), sha256 }, false)).rejects.toMatchObject({
      exit: 'mismatch',
      message: expect.stringContaining('line 1'),
    });
    expect(await find()).toBeUndefined();
    writeFileSync(join(folder, 'journal.ndjson'), '{"event":"run-cre');
    expect(await findUnfinishedRun(runs, { ...identityOf(created), sha256 }, false)).toBeUndefined();
  });

  it('knows a run whose first line is written while it is looked at', async () => {
    const input = 'workspace_id,user_id\n1,1\n';
    const sha256 = createHash('sha256').update(input).digest('hex');
    const begun = { ...created, input: { ...created.input, sha256 } };
    const folder = run('a', '2026-11-03T00:00:00.000Z');
    writeFileSync(join(folder, 'input.csv'), input);
    writeFileSync(join(folder, 'journal.ndjson'), '{"event":"run-cre');
    const { open } = fsp;
    let opened = 0;
    fsp.open = async (path, ...rest) => {
      if (String(path).endsWith('journal.ndjson')) opened += 1;
      if (opened === 2) writeFileSync(join(folder, 'journal.ndjson'), renderJournalLine(begun));
      return open(path, ...rest);
    };
    syncBuiltinESMExports();
    try {
      expect(await findUnfinishedRun(runs, identityOf(begun), false)).toBe(folder);
    } finally {
      fsp.open = open;
      syncBuiltinESMExports();
    }
    expect(opened).toBeGreaterThan(2);
  });

  it('passes over what is no run, or another one', async () => {
    mkdirSync(join(runs, 'empty'), { recursive: true });
    writeFileSync(join(runs, 'file'), '');
    makeRun('other', [{ ...created, shard: '1/2' }, started]);
    makeRun('broken', []);
    writeFileSync(join(runs, 'broken', 'journal.ndjson'), 'garbage\n');
    expect(await find()).toBeUndefined();
  });
});
