import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FatalError } from '../../src/exit-code.ts';
import { diskFileSystem, heldFileSystem, type ReportFileSystem } from '../../src/io/report-file-system.ts';
import { type ReportSource, writeReport } from '../../src/io/report-files.ts';
import { outcomes } from '../../src/plan/outcome.ts';
import type { ReportRecord } from '../../src/report/ending.ts';
import { countsOf, factsOf, recordOf, recordsOf } from '../report/sample-report.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'report-files-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

function sourceOf(records: readonly ReportRecord[], runId = 'run-1'): ReportSource {
  return {
    header: ['workspace_id', 'user_id', 'name'],
    columns: { workspace: 0, user: 1 },
    async *batches() {
      for (let start = 0; start < records.length; start += 7) yield records.slice(start, start + 7);
    },
    facts: factsOf(records.length, { id: runId }),
    expected: countsOf(records),
  };
}

const files = [...outcomes.map((outcome) => `${outcome}.csv`), 'report.html', 'report.json'].sort();

/** One record of each outcome, stamped with the set it belongs to. */
function stamped(set: string): ReportSource {
  const records = outcomes.map((outcome) => recordOf({ outcome, detail: set }));
  return sourceOf(records, set);
}

/** The sets that the files in the folder belong to. */
async function setsPresent(): Promise<ReadonlySet<string>> {
  const texts = await Promise.all(
    files.map((name) => readFile(join(folder, name), 'utf8').catch(() => 'missing')),
  );
  return new Set(texts.map((text) => /set-[a-z]+|missing/.exec(text)?.[0] ?? 'empty'));
}

/** A disk of which the operation number `failing` fails, and with `for ever` all later ones. */
function failingDisk(
  failing: number,
  forEver: boolean,
): { disk: ReportFileSystem; operations: () => number } {
  let count = 0;
  async function step<T>(action: () => Promise<T>): Promise<T> {
    count += 1;
    if (count === failing || (forEver && count > failing)) throw new Error('ENOSPC: no space left on device');
    return action();
  }
  const disk: ReportFileSystem = {
    names: (path) => step(() => diskFileSystem.names(path)),
    async create(path) {
      const file = await step(() => diskFileSystem.create(path));
      return {
        write: (bytes) => step(() => file.write(bytes)),
        sync: () => step(() => file.sync()),
        async close() {
          await file.close();
          await step(async () => undefined);
        },
      };
    },
    rename: (from, to) => step(() => diskFileSystem.rename(from, to)),
    remove: (path) => step(() => diskFileSystem.remove(path)),
    discard: (path) => step(() => diskFileSystem.discard(path)),
    syncFolder: (path) => step(() => diskFileSystem.syncFolder(path)),
  };
  return { disk, operations: () => count };
}

describe('writeReport', () => {
  it('writes all ten files, each record in the table of its outcome, in order', async () => {
    const records = recordsOf({ removed: 20, failed: 3 });
    const report = await writeReport(folder, sourceOf(records));
    expect((await readdir(folder)).sort()).toEqual(files);
    expect(JSON.parse(await readFile(join(folder, 'report.json'), 'utf8'))).toEqual(report);
    for (const outcome of outcomes) {
      const rows: Record<string, string>[] = parse(await readFile(join(folder, `${outcome}.csv`)), {
        columns: true,
      });
      const expected = records.filter(({ ending }) => ending.outcome === outcome);
      expect(rows.map((row) => Number(row['line']))).toEqual(expected.map(({ line }) => line));
    }
  });

  it('writes more than a buffer without losing a row', async () => {
    const records = Array.from({ length: 3_000 }, (_, index) =>
      recordOf({}, { line: index + 2, cells: ['1', '2', `é${'x'.repeat(100)}`] }),
    );
    await writeReport(folder, sourceOf(records));
    const rows: string[][] = parse(await readFile(join(folder, 'removed.csv')));
    expect(rows).toHaveLength(3_001);
    expect(rows.at(-1)?.[3]).toBe('3001');
  });

  it('keeps what it writes from others', async () => {
    await writeReport(folder, sourceOf([recordOf()]));
    for (const name of files) {
      expect((await stat(join(folder, name))).mode & 0o137).toBe(0);
    }
  });

  it('removes leftovers of a killed run, and nothing that only resembles them', async () => {
    const kept = [
      '.removed.csv.tmp',
      '.other.csv.0123456789ab.tmp',
      'removed.csv.0123456789ab.tmp',
      'journal.ndjson',
    ];
    const gone = ['.removed.csv.0123456789ab.tmp', '.report.json.ffffffffffff.tmp'];
    await Promise.all([...kept, ...gone].map((name) => writeFile(join(folder, name), '')));
    await writeReport(folder, sourceOf([]));
    expect((await readdir(folder)).sort()).toEqual([...kept, ...files].sort());
  });

  it('keeps the old set where the records do not add up or cannot be read', async () => {
    await writeReport(folder, stamped('set-old'));
    const short = { ...stamped('set-new'), facts: factsOf(99) };
    await expect(writeReport(folder, short)).rejects.toThrow('add up to 8');
    const broken = {
      ...stamped('set-new'),
      // biome-ignore lint/correctness/useYield: a reading that fails at once.
      async *batches(): AsyncGenerator<readonly ReportRecord[]> {
        throw new Error('input.csv is gone');
      },
    };
    await expect(writeReport(folder, broken)).rejects.toThrow('input.csv is gone');
    expect([...(await setsPresent())]).toEqual(['set-old']);
    expect((await readdir(folder)).sort()).toEqual(files);
  });

  it('names the file that cannot be written', async () => {
    await rm(folder, { recursive: true });
    const failure = writeReport(folder, sourceOf([]));
    await expect(failure).rejects.toMatchObject({ exit: 'defect' });
    await expect(failure).rejects.toThrow(`${folder}: ENOENT`);
    folder = await mkdtemp(join(tmpdir(), 'report-files-'));
  });

  it.each([
    { name: 'once', forEver: false },
    { name: 'from then on', forEver: true },
  ])('has a whole set wherever report.json is, whichever operation fails $name', async ({ forEver }) => {
    const { disk, operations } = failingDisk(0, false);
    await writeReport(folder, stamped('set-old'), disk);
    expect(operations()).toBeGreaterThan(40);
    for (let failing = 1; failing <= operations(); failing += 1) {
      await writeReport(folder, stamped('set-old'));
      const failure = writeReport(folder, stamped('set-new'), failingDisk(failing, forEver).disk);
      await expect(failure).rejects.toThrow('ENOSPC');
      const present = await readdir(folder);
      if (present.includes('report.json')) expect((await setsPresent()).size).toBe(1);
      if (!forEver) expect(present.filter((name) => name.endsWith('.tmp'))).toEqual([]);
    }
    await writeReport(folder, stamped('set-new'));
    expect([...(await setsPresent())]).toEqual(['set-new']);
    expect((await readdir(folder)).sort()).toEqual(files);
  });

  it('puts nothing in place and takes nothing away once the folder is lost to another run', async () => {
    await writeReport(folder, stamped('set-old'));
    const lost = new FatalError('held', 'another run has taken over');
    // Before anything, before the old report.json goes, before the first, and before the last file of the set.
    for (const looks of [0, 1, 2, 5]) {
      let left = looks;
      const disk = heldFileSystem(() => {
        left -= 1;
        return left < 0 ? Promise.reject(lost) : Promise.resolve();
      });
      await expect(writeReport(folder, stamped('set-new'), disk)).rejects.toBe(lost);
      const report = await readFile(join(folder, 'report.json'), 'utf8').catch(() => undefined);
      expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
      // A set that the former holder had begun to replace has no report.json that vouches for it.
      if (looks < 2) expect(await setsPresent()).toEqual(new Set(['set-old']));
      else expect(report).toBeUndefined();
      await writeReport(folder, stamped('set-old'));
    }
  });
});
