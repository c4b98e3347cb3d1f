import { spawnSync } from 'node:child_process';
import { chownSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { type FileHandle, open as openFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FatalError } from '../../src/exit-code.ts';
import { type JournalFile, openJournal } from '../../src/io/journal-file.ts';
import { leaveOldJournal } from '../../src/io/leave-old-journal.ts';
import { readJournal } from '../../src/io/read-journal.ts';
import { systemClock } from '../../src/io/system-clock.ts';
import type { JournalEvent } from '../../src/journal/journal-event.ts';
import { sampleEvents } from '../journal/sample-events.ts';
import { createFakeClock } from '../support/fake-clock.ts';

let folder: string;
let path: string;
const opened: JournalFile[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'offboard-journal-'));
  path = join(folder, 'journal.ndjson');
});
afterEach(async () => {
  vi.restoreAllMocks();
  for (const journal of opened.splice(0)) await journal.close().catch(() => undefined);
  rmSync(folder, { recursive: true });
});

function source(name: string): string {
  return fileURLToPath(new URL(`../../src/io/${name}.ts`, import.meta.url));
}

async function open(size = 0): Promise<JournalFile> {
  const journal = await openJournal(path, size, systemClock);
  opened.push(journal);
  return journal;
}

/** Lets the files' calls of this name go on only once `release` is called; all of them can be counted. */
async function hold(name: 'write' | 'datasync') {
  const file = await openFile(path, 'a');
  const prototype = Object.getPrototypeOf(file) as FileHandle;
  await file.close();
  rmSync(path);
  const original = prototype[name] as (...words: unknown[]) => Promise<unknown>;
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const calls = vi.spyOn(prototype, name).mockImplementation(async function (
    this: FileHandle,
    ...words: unknown[]
  ) {
    await released;
    return original.apply(this, words);
  } as never);
  return { calls, release };
}

/** Gives what is under way on the real file system the time to be done, where something is not to happen. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setTimeout(resolve, 1));
}

const warning = (text: string): JournalEvent => ({ event: 'warning', at: sampleEvents.warning.at, text });

async function readAll() {
  const events: JournalEvent[] = [];
  const offsets: number[] = [];
  const extent = await readJournal(path, (event, offset) => {
    events.push(event);
    offsets.push(offset);
    return undefined;
  });
  return { events, offsets, ...extent };
}

describe('a journal that is written', () => {
  it('is read back event by event, each at the offset it was given', async () => {
    const journal = await open();
    const events = Array.from({ length: 500 }, (_, index) => warning(`é ${index} ${'x'.repeat(index)} 😀`));
    const offsets = events.map((event) => journal.append(event));
    await journal.flush();
    const read = await readAll();
    expect(read.events).toEqual(events);
    expect(read.offsets).toEqual(offsets);
    expect(read).toMatchObject({ bytes: journal.durableBytes(), tornBytes: 0 });
  });

  it('counts a line as durable only once it is on disk', async () => {
    const journal = await open();
    const offset = journal.append(sampleEvents.starting);
    expect(journal.durableBytes()).toBe(0);
    const flushed = journal.flush();
    expect(journal.durableBytes()).toBe(0);
    await flushed;
    expect(journal.durableBytes()).toBeGreaterThan(offset);
    expect(readFileSync(path, 'utf8')).toBe(`${JSON.stringify(sampleEvents.starting)}\n`);
  });

  it('hands lines to the disk by itself, and says when they are there', async () => {
    const journal = await open();
    const changed = new Promise<void>((resolve) => journal.onChange(resolve));
    journal.append(sampleEvents.settled);
    await changed;
    expect(journal.durableBytes()).toBe(readFileSync(path).length);
    expect(journal.syncAgeMs(0)).toBe(0);
  });

  it('writes what comes while a batch is on its way with the next one', async () => {
    const journal = await open();
    journal.append(warning('first'));
    const first = journal.flush();
    journal.append(warning('second'));
    const second = journal.flush();
    await first;
    await second;
    expect((await readAll()).events).toEqual([warning('first'), warning('second')]);
  });

  it('hands over what came during a write in the next 20 ms, without being asked', async () => {
    const { calls, release } = await hold('write');
    const clock = createFakeClock();
    const journal = await openJournal(path, 0, clock);
    opened.push(journal);
    journal.append(warning('first'));
    await clock.advance(20);
    journal.append(warning('second'));
    release();
    // The first is written once the second has begun to wait for its time.
    await expect.poll(() => clock.sleepers(), { timeout: 20_000 }).toBe(1);
    expect(calls).toHaveBeenCalledTimes(1);
    await clock.advance(20);
    await expect
      .poll(async () => (await readAll()).events, { timeout: 10_000 })
      .toEqual([warning('first'), warning('second')]);
  });

  it('hands over at once what a flush waits for that came during a write', async () => {
    const { calls, release } = await hold('write');
    const journal = await openJournal(path, 0, createFakeClock());
    opened.push(journal);
    journal.append(warning('first'));
    const first = journal.flush();
    journal.append(warning('second'));
    const second = journal.flush();
    release();
    await Promise.all([first, second]);
    expect(calls).toHaveBeenCalledTimes(2);
  });

  it('hands over nothing before its time while a flush only waits for a sync', async () => {
    const { release } = await hold('datasync');
    const clock = createFakeClock();
    const journal = await openJournal(path, 0, clock);
    opened.push(journal);
    journal.append(warning('first'));
    const flushed = journal.flush();
    journal.append(warning('second'));
    await expect.poll(() => clock.sleepers(), { timeout: 20_000 }).toBe(1);
    await clock.advance(19);
    await settle();
    expect((await readAll()).events).toEqual([warning('first')]);
    await clock.advance(1);
    await expect
      .poll(async () => (await readAll()).events, { timeout: 10_000 })
      .toEqual([warning('first'), warning('second')]);
    release();
    await flushed;
  });

  it('goes on behind the last whole line, and leaves a torn one behind', async () => {
    writeFileSync(path, `${JSON.stringify(warning('whole'))}\n{"event":"sett`);
    const extent = await readAll();
    const { bytes } = extent;
    expect(extent.tornBytes).toBe(14);
    await leaveOldJournal(path, extent, async () => undefined);
    const journal = await open(bytes);
    expect(journal.append(warning('next'))).toBe(bytes);
    await journal.flush();
    expect((await readAll()).events).toEqual([warning('whole'), warning('next')]);
  });

  it('cannot be spoiled by whoever wrote the one that was left behind', async () => {
    const asleep = await open();
    asleep.append(warning('read'));
    await asleep.flush();
    const extent = await readAll();
    await leaveOldJournal(path, extent, async () => undefined);
    const journal = await open(extent.bytes);
    journal.append(warning('next'));
    await journal.flush();
    asleep.append(warning('too late, and much longer than the line that was written meanwhile'));
    await expect(asleep.flush()).rejects.toThrow('it has been removed');
    expect((await readAll()).events).toEqual([warning('read'), warning('next')]);
  });

  it('takes no line for durable once another file lies in its place, and says what the lock says', async () => {
    const lost = new FatalError('held', 'another run has taken over');
    const guard = { mayWrite: () => true, whyGone: () => Promise.reject(lost) };
    const asleep = await openJournal(path, 0, systemClock, guard);
    opened.push(asleep);
    asleep.append(warning('read'));
    await asleep.flush();
    const durable = asleep.durableBytes();
    await leaveOldJournal(path, await readAll(), async () => undefined);
    asleep.append(warning('too late'));
    await expect(asleep.flush()).rejects.toBe(lost);
    expect(asleep.durableBytes()).toBe(durable);
    expect(asleep.failure()).toBe(lost);
  });

  it.runIf(process.getuid?.() === 0)('still belongs to whom it did where root goes on with it', async () => {
    writeFileSync(path, '');
    chownSync(path, 65_534, 65_534);
    await leaveOldJournal(path, { bytes: 0, tornBytes: 0 }, async () => undefined);
    expect(statSync(path)).toMatchObject({ uid: 65_534, gid: 65_534 });
  });

  it('is not left behind while somebody still writes to it', async () => {
    const awake = await open();
    awake.append(warning('read'));
    await awake.flush();
    const extent = await readAll();
    awake.append(warning('after that'));
    await awake.flush();
    await expect(leaveOldJournal(path, extent, async () => undefined)).rejects.toMatchObject({
      exit: 'held',
      message: `another run still writes the journal ${path}; nothing was sent.`,
    });
    expect(readdirSync(folder)).toEqual(['journal.ndjson']);
    awake.append(warning('and goes on'));
    await awake.flush();
    expect((await readAll()).events).toHaveLength(3);
  });

  it('stays as it is where the folder was lost before the other one was in place', async () => {
    writeFileSync(path, 'torn');
    const lost = new Error('held');
    await expect(
      leaveOldJournal(path, { bytes: 0, tornBytes: 4 }, () => Promise.reject(lost)),
    ).rejects.toThrow('held');
    expect(readdirSync(folder)).toEqual(['journal.ndjson']);
    expect(readFileSync(path, 'utf8')).toBe('torn');
  });

  it('writes nothing while it may not, and all of it once it may', async () => {
    const clock = createFakeClock();
    let mayWrite = false;
    const journal = await openJournal(path, 0, clock, {
      mayWrite: () => mayWrite,
      whyGone: async () => undefined,
    });
    opened.push(journal);
    journal.append(warning('a'));
    const flushed = journal.flush();
    journal.append(warning('b'));
    await clock.advance(60_000);
    journal.flushNow();
    expect(readFileSync(path, 'utf8')).toBe('');
    mayWrite = true;
    await clock.advance(500);
    await flushed;
    expect((await readAll()).events).toEqual([warning('a'), warning('b')]);
  });

  it('has everything on disk when flushNow returns, also what is being written just then', async () => {
    const journal = await open();
    journal.append(warning('on its way'));
    const flushed = journal.flush();
    journal.append(warning('not yet'));
    journal.flushNow();
    expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(3);
    await flushed;
    expect((await readAll()).events).toEqual([warning('on its way'), warning('not yet')]);
  });

  it('lets nobody wait for a disk that it will not be written to any more', async () => {
    const clock = createFakeClock();
    const journal = await openJournal(path, 0, clock, {
      mayWrite: () => false,
      whyGone: async () => undefined,
    });
    opened.push(journal);
    journal.append(warning('a'));
    const flushed = journal.flush();
    await clock.advance(5_000);
    const lost = new Error('held');
    journal.abandon(lost);
    await expect(flushed).rejects.toBe(lost);
    await expect(journal.flush()).rejects.toBe(lost);
    expect(journal.failure()).toBe(lost);
    expect(clock.sleepers()).toBe(0);
    expect(readFileSync(path, 'utf8')).toBe('');
  });

  it('refuses to begin where one lies already', async () => {
    writeFileSync(path, '');
    await expect(openJournal(path, 0, systemClock)).rejects.toThrow(/journal .* cannot be opened/);
  });

  it('fails for good where it cannot be written, and names the file', async () => {
    const journal = await open();
    await journal.close();
    const changed = new Promise<void>((resolve) => journal.onChange(resolve));
    journal.append(sampleEvents.settled);
    await expect(journal.flush()).rejects.toThrow(`the journal ${path} cannot be written`);
    await changed;
    expect(journal.failure()?.message).toContain(path);
    await expect(journal.flush()).rejects.toThrow('cannot be written');
  });

  it('fails on a limit of the file size, with what came before it whole', async () => {
    const built = join(folder, 'built');
    const input = [source('journal-file'), source('system-clock')];
    await build({ input, platform: 'node', output: { dir: built } });
    // 8 blocks of 512 bytes; Node.js ignores SIGXFSZ, so that the write itself fails.
    const script = `
      import { openJournal } from ${JSON.stringify(join(built, 'journal-file.js'))};
      import { systemClock } from ${JSON.stringify(join(built, 'system-clock.js'))};
      const journal = await openJournal(${JSON.stringify(path)}, 0, systemClock);
      for (let index = 0; index < 200; index += 1) {
        journal.append({ event: 'warning', at: '', text: 'x'.repeat(50) });
        await journal.flush().catch(() => undefined);
      }
      console.log(journal.failure()?.message);`;
    const shell = 'ulimit -f 8; exec "$0" --input-type=module -e "$1"';
    const { stdout } = spawnSync('bash', ['-c', shell, process.execPath, script], { encoding: 'utf8' });
    expect(stdout).toContain('cannot be written: EFBIG');
    const whole = readFileSync(path, 'utf8').split('\n').slice(0, -1);
    expect(whole.length).toBeGreaterThan(20);
    for (const line of whole) expect(JSON.parse(line)).toMatchObject({ event: 'warning' });
  });
});

describe('a journal that is read', () => {
  it('is refused with the number of the line that cannot be trusted', async () => {
    writeFileSync(
      path,
      [JSON.stringify(warning('a')), 'garbage', JSON.stringify(warning('b')), ''].join('\n'),
    );
    await expect(readAll()).rejects.toMatchObject({
      exit: 'mismatch',
      message: expect.stringContaining('line 2 is not JSON'),
    });
  });

  it('is refused where an event does not belong to the input', async () => {
    writeFileSync(path, `${JSON.stringify(warning('a'))}\n`);
    await expect(readJournal(path, () => 'is of another world')).rejects.toThrow(
      'line 1 is of another world',
    );
  });

  it('is not confused by lines longer than what is read at once', async () => {
    const long = warning('y'.repeat(700_000));
    writeFileSync(path, [JSON.stringify(long), JSON.stringify(warning('short')), ''].join('\n'));
    expect((await readAll()).events).toEqual([long, warning('short')]);
  });

  it('is refused where a whole line of zeros stands in it', async () => {
    writeFileSync(path, `${JSON.stringify(warning('a'))}\n\0\0\0\n${JSON.stringify(warning('b'))}\n`);
    await expect(readAll()).rejects.toThrow('line 2 is not JSON');
  });
});
