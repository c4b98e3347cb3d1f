import { mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type KeptFolder, keepFolder } from '../../src/io/folder-hold.ts';
import { type JournalFile, openJournal } from '../../src/io/journal-file.ts';
import type { LockFile } from '../../src/io/lock-file.ts';
import { createFakeClock, type FakeClock } from '../support/fake-clock.ts';

let folder: string;
let path: string;
let journal: JournalFile;
let clock: FakeClock;
let kept: KeptFolder;
let renewals: number;
let holder: Awaited<ReturnType<LockFile['holder']>>;
let canRenew: boolean;
let sleepsMs: number;
let isTakenMeanwhile: boolean;
let warnings: string[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'offboard-hold-'));
  path = join(folder, 'journal.ndjson');
  clock = createFakeClock();
  journal = await openJournal(path, 0, clock);
  renewals = 0;
  holder = 'us';
  canRenew = true;
  sleepsMs = 0;
  isTakenMeanwhile = false;
  const lock: LockFile = {
    path: join(folder, 'lock.1'),
    holder: async () => holder,
    async renew() {
      if (!canRenew) throw new Error('EIO');
      renewals += 1;
      if (isTakenMeanwhile) holder = 'another';
      // The process is stopped behind the write, and goes on much later.
      clock.shiftWall(sleepsMs);
    },
    release: async () => undefined,
  };
  warnings = [];
  kept = keepFolder(lock, clock, (message) => warnings.push(message));
  kept.watch(journal, path);
});
afterEach(async () => {
  kept.stop();
  await journal.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Lets the next heartbeat happen, the real file system's part of it included. */
async function beat(): Promise<void> {
  const changed = new Promise<void>((resolve) => kept.onChange(resolve));
  await clock.advance(10_000);
  await changed;
}

describe('a folder that is kept', () => {
  it('shows every ten seconds that its holder lives', async () => {
    await beat();
    await beat();
    expect(renewals).toBe(2);
    expect(kept.mayStart(clock.now())).toBe(true);
    expect(kept.failure()).toBeUndefined();
  });

  it('lets nothing start once the holder could not show it for 30 s, until it can again', async () => {
    canRenew = false;
    await beat();
    await beat();
    await beat();
    expect(kept.mayStart(clock.now())).toBe(true);
    await beat();
    expect(kept.mayStart(clock.now())).toBe(false);
    expect(kept.failure()).toBeUndefined();
    canRenew = true;
    await beat();
    expect(kept.mayStart(clock.now())).toBe(true);
  });

  it('lets nothing start once either of the clocks says so, whatever the other says', async () => {
    await beat();
    expect(kept.mayStart(clock.now() + 30_000)).toBe(true);
    expect(kept.mayStart(clock.now() + 30_001)).toBe(false);
    clock.shiftWall(30_001);
    expect(kept.mayStart(clock.now())).toBe(false);
  });

  it('counts a sleep within the look as one before it: nothing starts until it has looked again', async () => {
    sleepsMs = 90_000;
    await beat();
    expect(renewals).toBe(1);
    expect(kept.mayStart(clock.now())).toBe(false);
    sleepsMs = 0;
    await beat();
    expect(kept.mayStart(clock.now())).toBe(true);
  });

  it('is lost to a run that took it between the look and the renewal', async () => {
    isTakenMeanwhile = true;
    await beat();
    expect(kept.failure()).toMatchObject({ exit: 'held' });
    expect(kept.mayStart(clock.now())).toBe(false);
  });

  it('says once that it cannot be renewed, and is given up after a minute of that', async () => {
    canRenew = false;
    for (let seconds = 0; seconds < 60; seconds += 10) await beat();
    expect(kept.failure()).toBeUndefined();
    expect(warnings).toEqual([expect.stringMatching(/lock\.1 cannot be renewed \(EIO\)/)]);
    await beat();
    expect(kept.failure()).toMatchObject({ exit: 'defect', message: expect.stringContaining('EIO') });
    expect(kept.mayStart(clock.now())).toBe(false);
    expect(clock.sleepers()).toBe(0);
  });

  it('can be looked at at once, and then lets requests start again', async () => {
    clock.shiftWall(31_000);
    await kept.look();
    expect(kept.mayStart(clock.now())).toBe(true);
    holder = 'another';
    await expect(kept.look()).rejects.toMatchObject({ exit: 'held' });
    expect(kept.mayStart(clock.now())).toBe(false);
  });

  it('is lost to the run that has it, whatever became of the journal', async () => {
    holder = 'another';
    rmSync(path);
    await beat();
    expect(kept.failure()).toMatchObject({ exit: 'held' });
  });

  it('is lost where nobody holds it any more, but its journal lies there', async () => {
    holder = 'nobody';
    await beat();
    expect(kept.failure()).toMatchObject({ exit: 'held' });
  });

  it('lets nothing start after the machine was suspended, until it has looked', async () => {
    clock.shiftWall(31_000);
    expect(kept.mayStart(clock.now())).toBe(false);
    await beat();
    expect(kept.mayStart(clock.now())).toBe(true);
    clock.shiftWall(-3_600_000);
    expect(kept.mayStart(clock.now())).toBe(true);
  });

  it('is not given up where it cannot be looked at just then', async () => {
    const away = `${folder}-away`;
    renameSync(folder, away);
    // A link that leads to itself: neither there nor gone.
    symlinkSync(folder, folder);
    await beat();
    expect(kept.failure()).toBeUndefined();
    expect(renewals).toBe(0);
    rmSync(folder);
    renameSync(away, folder);
    await beat();
    expect(renewals).toBe(1);
  });

  it('is lost to another run that has taken it over, and not renewed any more', async () => {
    holder = 'another';
    await beat();
    expect(kept.failure()).toMatchObject({ exit: 'held' });
    expect(renewals).toBe(0);
    expect(clock.sleepers()).toBe(0);
  });

  it.each([
    { name: 'is gone', change: () => rmSync(path) },
    {
      name: 'is another file',
      change: () => {
        rmSync(path);
        writeFileSync(path, '');
      },
    },
    {
      name: 'is gone with its folder',
      change: () => {
        holder = 'nobody';
        rmSync(folder, { recursive: true });
      },
    },
  ])('fails where its journal $name, and names it', async ({ change }) => {
    change();
    await beat();
    expect(kept.failure()).toMatchObject({ exit: 'defect', message: expect.stringContaining(path) });
  });

  it('stops showing it when told to', async () => {
    kept.stop();
    await clock.advance(60_000);
    expect(renewals).toBe(0);
  });
});
