import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chooseRunFolder, newRunId } from '../../src/commands/choose-run-folder.ts';
import { acquireLock } from '../../src/io/lock-file.ts';
import { systemClock } from '../../src/io/system-clock.ts';
import type { RunCreated } from '../../src/journal/journal-event.ts';
import { renderJournalLine } from '../../src/journal/journal-line.ts';
import { identityOf } from '../../src/journal/run-identity.ts';
import type { RunOptions } from '../../src/options/run-options.ts';
import { sampleEvents } from '../journal/sample-events.ts';

const created = sampleEvents['run-created'];
let runsFolder: string;

beforeEach(() => {
  runsFolder = mkdtempSync(join(tmpdir(), 'offboard-choose-'));
});
afterEach(() => {
  rmSync(runsFolder, { recursive: true });
});

function choose(options: Partial<Pick<RunOptions, 'out' | 'fresh' | 'retryForbidden'>> = {}) {
  const asked = { out: undefined, runsFolder, fresh: false, retryForbidden: false, ...options };
  return chooseRunFolder(asked as RunOptions, identityOf(created), 'new-id');
}

/** As a living run does. */
function hold(folder: string) {
  const { signal } = new AbortController();
  return acquireLock(folder, { pid: process.pid, clock: systemClock, signal, inform: () => undefined });
}

/** A run that a kill cut off. */
function makeRun(name: string, rest: Partial<RunCreated> = {}): string {
  const folder = join(runsFolder, name);
  mkdirSync(folder);
  const events = [{ ...created, ...rest }, sampleEvents['session-started']];
  writeFileSync(join(folder, 'journal.ndjson'), events.map(renderJournalLine).join(''));
  return folder;
}

describe('without --out', () => {
  it('is a new folder where there is nothing to go on with, and does not make it', async () => {
    expect(await choose()).toEqual({ path: join(runsFolder, 'new-id'), resumed: undefined, isFound: false });
    expect(readdirSync(runsFolder)).toEqual([]);
  });

  it('is the unfinished run of the same input', async () => {
    const folder = makeRun('a');
    makeRun('b', { shard: '2/3', at: '2026-11-25T00:00:00.000Z' });
    expect(await choose()).toEqual({ path: folder, resumed: created, isFound: true });
  });

  it('is a new folder all the same with --fresh', async () => {
    makeRun('a');
    expect(await choose({ fresh: true })).toMatchObject({ path: join(runsFolder, 'new-id'), isFound: false });
  });

  it('is refused where the unfinished run is still held', async () => {
    const lock = await hold(makeRun('a'));
    await expect(choose()).rejects.toMatchObject({ exit: 'held' });
    await lock.release();
    expect(await choose()).toMatchObject({ isFound: true });
  });
});

describe('with --out', () => {
  it.each([
    { name: 'not there', make: () => undefined },
    { name: 'empty', make: (out: string) => void mkdirSync(out) },
  ])('is that folder, to be begun, where it is $name', async ({ make }) => {
    const out = join(runsFolder, 'here');
    make(out);
    const wasThere = existsSync(out);
    expect(await choose({ out })).toEqual({ path: out, resumed: undefined, isFound: false });
    expect(existsSync(out)).toBe(wasThere);
  });

  it('is that run, to be gone on with, rather than another unfinished one', async () => {
    makeRun('newer', { at: '2026-11-25T00:00:00.000Z' });
    const out = makeRun('older');
    expect(await choose({ out })).toEqual({ path: out, resumed: created, isFound: false });
  });

  it('is refused where it holds a run and a new one is asked for', async () => {
    await expect(choose({ out: makeRun('a'), fresh: true })).rejects.toMatchObject({ exit: 'usage' });
  });

  it('is refused where it belongs to something else, both sides named', async () => {
    const out = makeRun('a', { shard: '2/3', target: { ...created.target, scope: 'company' } });
    const choosing = choose({ out });
    await expect(choosing).rejects.toMatchObject({ exit: 'mismatch' });
    await expect(choosing).rejects.toThrow('scope company there, instance here; shard 2/3 there, none here');
  });

  it('is refused while another run holds it', async () => {
    const out = makeRun('a');
    const lock = await hold(out);
    await expect(choose({ out })).rejects.toMatchObject({ exit: 'held' });
    await lock.release();
    expect(readdirSync(out)).toEqual(['journal.ndjson']);
  });
});

describe('newRunId', () => {
  it('begins with the instant, so that names sort by it, and never comes twice', () => {
    const at = Date.UTC(2026, 10, 24, 23, 53, 42, 118);
    const ids = Array.from({ length: 100 }, () => newRunId(at));
    for (const id of ids) expect(id).toMatch(/^20261124T235342Z-[0-9a-f]{6}$/);
    expect(new Set(ids).size).toBeGreaterThan(98);
  });
});
