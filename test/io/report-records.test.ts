import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readPlan } from '../../src/io/read-plan.ts';
import { reportRecords } from '../../src/io/report-records.ts';
import type { EndingSources } from '../../src/journal/ending-of.ts';
import type { JournalEvent } from '../../src/journal/journal-event.ts';
import { createLedger } from '../../src/journal/ledger.ts';
import type { Shard } from '../../src/options/run-options.ts';
import type { ReportRecord } from '../../src/report/ending.ts';
import { sampleEvents } from '../journal/sample-events.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'offboard-records-'));
  path = join(folder, 'input.csv');
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** What one run (or shard) of the input at `path` knows after these events. */
async function sourceOf(events: readonly JournalEvent[], shard?: Shard) {
  const { plan } = await readPlan(path, {
    workspaceColumn: undefined,
    userColumn: undefined,
    protectedUsers: new Set(),
    shard,
  });
  const ledger = createLedger(plan.table);
  for (const [offset, event] of events.entries()) {
    const problem = ledger.apply(event, offset);
    if (problem !== undefined) throw new Error(problem);
  }
  const source: EndingSources = {
    records: plan.table,
    ledger,
    answerAt: (offset) => events[offset] as typeof sampleEvents.settled,
    notAttemptedBecause: 'interrupted',
  };
  return { source, columns: plan.columns };
}

async function recordsOf(...runs: readonly Awaited<ReturnType<typeof sourceOf>>[]) {
  const [first] = runs;
  if (first === undefined) throw new Error('no run');
  const records: ReportRecord[] = [];
  const sources = runs.map(({ source }) => source);
  for await (const batch of reportRecords(path, first.columns, sources, digest())) records.push(...batch);
  return records;
}

/** Of the input as it is now. */
function digest(): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

/** Paths of what this process has open. */
function openFiles(): readonly string[] {
  return readdirSync('/proc/self/fd').flatMap((name) => {
    try {
      return [readlinkSync(`/proc/self/fd/${name}`)];
    } catch {
      return [];
    }
  });
}

const covered = (throughLine: number): JournalEvent => ({ ...sampleEvents.starting, throughLine });
const settled = (line: number): JournalEvent => ({ ...sampleEvents.settled, line });

describe('reportRecords', () => {
  it('gives every record of the input with its cells as they were, and how it ended', async () => {
    const rows = ['1,11,Ada', '1,11,Ada again', '1,x,Bob', '1, 12 ,"Eve\nM."', '1,13,Kim', '1,14,Pat,more'];
    writeFileSync(path, `workspace_id,user_id,name\n${rows.join('\n')}\n`);
    const records = await recordsOf(await sourceOf([covered(5), settled(2), settled(5)]));
    expect(records.map(({ line, ending }) => [line, ending.outcome, ending.reason])).toEqual([
      [2, 'removed', 'deleted'],
      [3, 'duplicate', 'duplicate-of-line-2'],
      [4, 'invalid', 'not-an-id:user_id'],
      [5, 'removed', 'deleted'],
      [7, 'not-attempted', 'interrupted'],
      [8, 'invalid', 'more-cells-than-header'],
    ]);
    expect(records[3]).toMatchObject({ cells: ['1', ' 12 ', 'Eve\nM.'], workspace: 1, user: 12 });
    expect(records[2]).toMatchObject({ cells: ['1', 'x', 'Bob'], workspace: null, user: null });
    expect(records[5]).toMatchObject({ cells: ['1', '14', 'Pat', 'more'] });
  });

  it('keeps records and endings together over many batches', async () => {
    const lines = Array.from({ length: 5_000 }, (_, index) => `${(index % 7) + 1},${index + 1}`);
    writeFileSync(path, `workspace_id,user_id\n${lines.join('\n')}\n`);
    const events = lines.flatMap((_, index) => (index % 2 === 0 ? [settled(index + 2)] : []));
    const records = await recordsOf(await sourceOf([covered(5_001), ...events]));
    expect(records).toHaveLength(5_000);
    for (const { line, user, ending } of records) {
      if (user !== line - 1 || ending.outcome !== (line % 2 === 0 ? 'removed' : 'not-attempted')) {
        expect.fail(`line ${line}: user ${user}, ${ending.outcome}`);
      }
    }
  });

  it('takes each record of several shards from the one it belongs to, and leaves out the others', async () => {
    const lines = Array.from({ length: 200 }, (_, index) => `1,${index + 1}`);
    writeFileSync(path, `workspace_id,user_id\n${lines.join('\n')}\nx,1\n`);
    const shards = await Promise.all([1, 2, 3].map((index) => sourceOf([], { index, count: 3 })));
    const counts = await Promise.all(shards.map(async (shard) => (await recordsOf(shard)).length));
    expect(Math.min(...counts)).toBeGreaterThan(30);
    expect(counts.reduce((sum, count) => sum + count)).toBe(201);
    const together = await recordsOf(...shards);
    expect(together.map(({ line }) => line)).toEqual(Array.from({ length: 201 }, (_, index) => index + 2));
    expect(together.at(-1)?.ending.outcome).toBe('invalid');
  });

  it('ends with a sentence where the input is not what it was', async () => {
    writeFileSync(path, 'workspace_id,user_id\n1,1\n');
    const { source, columns } = await sourceOf([]);
    const before = digest();
    writeFileSync(path, 'workspace_id,user_id\n1,2\n');
    const records = reportRecords(path, columns, [source], before);
    expect((await records.next()).value).toHaveLength(1);
    await expect(records.next()).rejects.toMatchObject({
      exit: 'mismatch',
      message: `${path} was changed since the run or is gone; restore it, a report of it would not be true.`,
    });
  });

  it('lets go of the file where nobody reads to the end', async () => {
    writeFileSync(path, `workspace_id,user_id\n${'1,1\n'.repeat(50_000)}`);
    const { source, columns } = await sourceOf([]);
    for await (const batch of reportRecords(path, columns, [source], digest())) {
      expect(batch.length).toBeGreaterThan(0);
      expect(openFiles()).toContain(path);
      break;
    }
    await expect.poll(() => openFiles().includes(path), { interval: 5, timeout: 20_000 }).toBe(false);
  });
});
