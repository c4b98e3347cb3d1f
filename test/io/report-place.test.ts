import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { refuseHeldFolder } from '../../src/io/lock-file.ts';
import { takeReportPlace } from '../../src/io/report-place.ts';
import { systemClock } from '../../src/io/system-clock.ts';

let place: string;
let folders: readonly string[];

beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'offboard-place-'));
  folders = ['a', 'b'].map(makeRun);
});
afterEach(() => {
  rmSync(place, { recursive: true });
});

function makeRun(name: string): string {
  const folder = join(place, name);
  mkdirSync(folder);
  writeFileSync(join(folder, 'journal.ndjson'), '{}\n');
  return folder;
}

function take(target: string, of: readonly string[] = folders) {
  return takeReportPlace(target, of, {
    pid: process.pid,
    clock: systemClock,
    signal: new AbortController().signal,
    inform: () => undefined,
  });
}

describe('takeReportPlace', () => {
  it.each(['a', 'link'])(
    'keeps every run out of the run folder that the report is put into: %s',
    async (name) => {
      symlinkSync('a', join(place, 'link'));
      const taken = await take(join(place, name), [join(place, 'a')]);
      await taken.look();
      await expect(refuseHeldFolder(join(place, 'a'))).rejects.toMatchObject({ exit: 'held' });
      await refuseHeldFolder(join(place, 'b'));
      await taken.close();
      expect(readdirSync(join(place, 'a'))).toEqual(['journal.ndjson']);
    },
  );

  it('changes nothing in run folders where the report is put elsewhere', async () => {
    const taken = await take(join(place, 'elsewhere'));
    await taken.look();
    await taken.close();
    expect(readdirSync(place)).toEqual(['a', 'b']);
    expect(readdirSync(join(place, 'a'))).toEqual(['journal.ndjson']);
  });

  it.each([
    { name: 'went on', change: (journal: string) => appendFileSync(journal, '{}\n') },
    {
      name: 'goes on in a journal file of its own',
      change(journal: string) {
        rmSync(journal);
        writeFileSync(`${journal}.new`, '{}\n');
        writeFileSync(journal, '{}\n');
      },
    },
    { name: 'is gone', change: (journal: string) => rmSync(journal) },
  ])('tells where a run $name since', async ({ change }) => {
    const taken = await take(join(place, 'elsewhere'));
    change(join(place, 'b', 'journal.ndjson'));
    await expect(taken.look()).rejects.toMatchObject({
      exit: 'held',
      message: expect.stringContaining(join(place, 'b')),
    });
    await taken.close();
  });

  it('tells where a run has begun meanwhile in the folder that the report is put into', async () => {
    const taken = await take(join(place, 'elsewhere'));
    makeRun('elsewhere');
    await expect(taken.look()).rejects.toMatchObject({
      exit: 'held',
      message: expect.stringContaining('elsewhere'),
    });
  });

  it('is refused where a run holds one of the folders', async () => {
    const b = [join(place, 'b')];
    const held = await take(join(place, 'b'), b);
    await expect(take(join(place, 'b'), b)).rejects.toMatchObject({ exit: 'held' });
    await expect(take(join(place, 'elsewhere'))).rejects.toMatchObject({ exit: 'held' });
    await held.close();
    await (await take(join(place, 'b'), b)).close();
  });

  it.each([
    { name: 'another run', target: 'c' },
    { name: 'one of several that it is made of', target: 'a' },
  ])('is refused where it is the folder of $name', async ({ target }) => {
    makeRun('c');
    await expect(take(join(place, target))).rejects.toMatchObject({
      exit: 'usage',
      message: `${join(place, target)} is the folder of a run, whose own report would be replaced; name another --out.`,
    });
    expect(readdirSync(join(place, target))).toEqual(['journal.ndjson']);
  });
});
