import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import fsp from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Clock } from '../../src/effects.ts';
import { readRunCreated } from '../../src/io/find-run-folder.ts';
import { openRunFolder } from '../../src/io/run-folder.ts';
import { systemClock } from '../../src/io/system-clock.ts';
import type { RunCreated } from '../../src/journal/journal-event.ts';
import { renderJournalLine } from '../../src/journal/journal-line.ts';
import type { RunMemory } from '../../src/journal/run-memory.ts';
import { recordTableOf } from '../journal/record-table-of.ts';
import { sampleEvents } from '../journal/sample-events.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { sessionStarted } from '../support/session-events.ts';

const input = 'workspace_id,user_id\n1,1\n1,2\n';
const sha256 = createHash('sha256').update(input).digest('hex');
const created: RunCreated = {
  ...sampleEvents['run-created'],
  input: { ...sampleEvents['run-created'].input, sha256, records: 2 },
};

let place: string;
let inputPath: string;

beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'offboard-run-'));
  inputPath = join(place, 'list.csv');
  writeFileSync(inputPath, input);
});
afterEach(() => {
  rmSync(place, { recursive: true });
});

function open(
  path: string,
  rest: Partial<RunCreated> = {},
  clock: Clock = systemClock,
  approve: (memory: RunMemory) => void = () => undefined,
) {
  return openRunFolder({
    path,
    created: { ...created, ...rest },
    records: recordTableOf(2),
    inputPath,
    clock,
    pid: process.pid,
    signal: new AbortController().signal,
    warn: () => undefined,
    approve,
  });
}

/** Every file of a folder with its content, to see that nothing was touched. */
function contents(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
  );
}

function makeRun(name: string, events: readonly Parameters<typeof renderJournalLine>[0][]): string {
  const folder = join(place, 'runs', name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'input.csv'), input);
  writeFileSync(join(folder, 'journal.ndjson'), events.map(renderJournalLine).join(''));
  return folder;
}

describe('a new run folder', () => {
  it('holds the input and the first line of the journal, for the owner and its group only', async () => {
    const path = join(place, 'a', 'b', 'run');
    const folder = await open(path);
    expect(readFileSync(join(path, 'input.csv'), 'utf8')).toBe(input);
    expect(await readRunCreated(path)).toEqual(created);
    expect(statSync(path).mode & 0o777).toBe(0o750 & ~process.umask());
    expect(statSync(join(path, 'journal.ndjson')).mode & 0o777).toBe(0o640 & ~process.umask());
    await folder.close();
    expect(readdirSync(path).sort()).toEqual(['input.csv', 'journal.ndjson']);
  });

  it('is not made at all where the input has changed since it was read', async () => {
    writeFileSync(inputPath, `${input}1,3\n`);
    await expect(open(join(place, 'a', 'run'))).rejects.toMatchObject({ exit: 'mismatch' });
    expect(existsSync(join(place, 'a'))).toBe(false);
  });

  it('is not made of a folder with something else in it', async () => {
    const home = join(place, 'home');
    mkdirSync(home);
    writeFileSync(join(home, 'letter.txt'), 'dear');
    await expect(open(home)).rejects.toThrow('is no run folder and not empty (it holds letter.txt)');
    expect(contents(home)).toEqual({ 'letter.txt': 'dear' });
  });

  it('may be made of an empty folder, and of what a kill left before the first line was whole', async () => {
    const path = join(place, 'run');
    mkdirSync(path);
    writeFileSync(join(path, 'input.csv'), 'half');
    writeFileSync(join(path, '.input.csv.0123.tmp'), 'ha');
    writeFileSync(join(path, 'journal.ndjson'), '{"event":"run-cre');
    const folder = await open(path);
    expect(folder.memory.history.sessions()).toBe(0);
    expect(readFileSync(join(path, 'input.csv'), 'utf8')).toBe(input);
    await folder.close();
  });

  it('keeps what a kill left where the input has changed since', async () => {
    const path = join(place, 'run');
    mkdirSync(path);
    writeFileSync(join(path, 'input.csv'), input);
    writeFileSync(join(path, 'journal.ndjson'), '{"event":"run-cre');
    const before = contents(path);
    writeFileSync(inputPath, `${input}1,3\n`);
    await expect(open(path)).rejects.toMatchObject({ exit: 'mismatch' });
    expect(contents(path)).toEqual(before);
  });

  it.each([
    {
      name: 'of a newer version',
      line: JSON.stringify({ ...created, schemaVersion: 3 }),
      says: 'newer version',
    },
    { name: 'that was spoiled', line: '{"event":"run-cre', says: 'line 1 is not JSON' },
    {
      name: 'whose first line is gone',
      line: JSON.stringify(sampleEvents.settled),
      says: 'does not begin a run',
    },
  ])('is not made over a journal $name', async ({ line, says }) => {
    const path = join(place, 'run');
    mkdirSync(path);
    writeFileSync(join(path, 'journal.ndjson'), `${line}\n${renderJournalLine(sampleEvents.settled)}`);
    const before = contents(path);
    const opening = open(path);
    await expect(opening).rejects.toMatchObject({ exit: 'mismatch' });
    await expect(opening).rejects.toThrow(says);
    expect(contents(path)).toEqual(before);
  });

  it('belongs to one of two that begin it at once, and the other one leaves it alone', async () => {
    for (let round = 0; round < 20; round += 1) {
      const path = join(place, `round-${round}`, 'run');
      const both = await Promise.allSettled([open(path), open(path)]);
      const folders = both.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
      expect(folders).toHaveLength(1);
      expect(readdirSync(path).sort()).toEqual(['input.csv', 'journal.ndjson', 'lock.1']);
      for (const folder of folders) await folder.close();
    }
  });

  it('says where it cannot be made', async () => {
    writeFileSync(join(place, 'file'), '');
    await expect(open(join(place, 'file', 'run'))).rejects.toMatchObject({ exit: 'defect' });
  });
});

describe('a run folder that is opened again', () => {
  it('remembers what its journal says, and goes on behind it', async () => {
    const path = makeRun('x', [
      created,
      sampleEvents['session-started'],
      { ...sampleEvents.starting, throughLine: 2 },
      sampleEvents.settled,
    ]);
    writeFileSync(join(path, 'journal.ndjson'), '{"event":"torn', { flag: 'a' });
    const folder = await open(path);
    expect(folder.memory.ledger.outcomeAt(0)).toBe('removed');
    expect(folder.memory.history.sessions()).toBe(1);
    expect(folder.tornBytes).toBe(14);
    folder.record(sampleEvents.warning);
    await folder.journal.flush();
    await folder.close();
    expect(
      readFileSync(join(path, 'journal.ndjson'), 'utf8').endsWith(renderJournalLine(sampleEvents.warning)),
    ).toBe(true);
  });

  it.each([
    {
      name: 'another input',
      rest: { input: { ...created.input, sha256: 'f'.repeat(64) } },
      says: 'input (SHA-256)',
    },
    {
      name: 'another instance',
      rest: { target: { ...created.target, baseUrl: 'https://b.example' } },
      says: 'base URL',
    },
    {
      name: 'another scope',
      rest: { target: { ...created.target, scope: 'company' as const } },
      says: 'scope',
    },
    { name: 'another shard', rest: { shard: '1/2' }, says: 'shard' },
  ])('is refused for $name, and left as it was', async ({ rest, says }) => {
    const path = makeRun('x', [created]);
    const before = contents(path);
    await expect(open(path, rest)).rejects.toMatchObject({
      exit: 'mismatch',
      message: expect.stringContaining(says),
    });
    expect(contents(path)).toEqual(before);
  });

  it.each([
    {
      name: 'its copy of the input was changed',
      change: (path: string) => writeFileSync(join(path, 'input.csv'), `${input}9,9\n`),
    },
    { name: 'its copy of the input is gone', change: (path: string) => rmSync(join(path, 'input.csv')) },
    {
      name: 'its journal has garbage in the middle',
      change: (path: string) => writeFileSync(join(path, 'journal.ndjson'), 'garbage\n', { flag: 'a' }),
    },
    {
      name: 'its journal speaks of a line that is no removal',
      change: (path: string) =>
        writeFileSync(
          join(path, 'journal.ndjson'),
          renderJournalLine({ ...sampleEvents.settled, line: 77 }),
          { flag: 'a' },
        ),
    },
  ])('is refused where $name, and left as it was', async ({ change }) => {
    const path = makeRun('x', [created]);
    change(path);
    const before = contents(path);
    await expect(open(path)).rejects.toMatchObject({ exit: 'mismatch' });
    expect(contents(path)).toEqual(before);
  });

  it('has all that was recorded on disk once it is closed', async () => {
    const path = makeRun('x', [created]);
    const folder = await open(path);
    folder.record(sampleEvents.warning);
    await folder.close();
    expect(readFileSync(join(path, 'journal.ndjson'), 'utf8')).toBe(
      renderJournalLine(created) + renderJournalLine(sampleEvents.warning),
    );
  });

  it.each([
    { name: 'that was cut off', events: [] },
    {
      name: 'that ended in order: the next session may have been about to begin',
      events: [sampleEvents['session-ended']],
    },
  ])('goes on in a journal file of its own after a session $name', async ({ events }) => {
    const path = makeRun('x', [created, sampleEvents['session-started'], ...events]);
    const journalPath = join(path, 'journal.ndjson');
    const asleep = openSync(journalPath, 'r+');
    const { size } = statSync(journalPath);
    const folder = await open(path);
    writeSync(asleep, 'what a sleeper still writes\n', size);
    closeSync(asleep);
    folder.record(sampleEvents.warning);
    await folder.close();
    expect(readFileSync(journalPath, 'utf8').slice(size)).toBe(renderJournalLine(sampleEvents.warning));
  });

  it('is left as it was, its journal file, too, where what it remembers is not approved', async () => {
    const path = makeRun('x', [created, sampleEvents['session-started']]);
    writeFileSync(join(path, 'journal.ndjson'), 'torn', { flag: 'a' });
    const before = contents(path);
    const { ino } = statSync(join(path, 'journal.ndjson'));
    const approve = ({ history }: RunMemory) => {
      throw new Error(`${history.sessions()} session`);
    };
    await expect(open(path, {}, systemClock, approve)).rejects.toThrow('1 session');
    expect(contents(path)).toEqual(before);
    expect(statSync(join(path, 'journal.ndjson')).ino).toBe(ino);
  });

  it('is touched no more once it was lost to another run', async () => {
    const path = makeRun('x', [created]);
    const clock = createFakeClock();
    const folder = await open(path, {}, clock);
    rmSync(join(path, 'lock.1'));
    writeFileSync(join(path, 'lock.2'), '{}');
    const before = contents(path);
    const changed = new Promise<void>((resolve) => folder.hold.onChange(resolve));
    await clock.advance(9_999);
    folder.record(sampleEvents.warning);
    await clock.advance(1);
    await changed;
    expect(folder.hold.failure()).toMatchObject({ exit: 'held' });
    await folder.close();
    expect(contents(path)).toEqual(before);
  });

  it('is left to the run that began it while this one was asleep over its input', async () => {
    const path = join(place, 'run');
    // Unlike theirs, so that the two can be told apart.
    const own = `${input}1,3\n`;
    writeFileSync(inputPath, own);
    const digest = createHash('sha256').update(own).digest('hex');
    const others = {
      'lock.2': '{}',
      'input.csv': input,
      'journal.ndjson': renderJournalLine({ ...created, runId: 'theirs' }),
    };
    let copies = 0;
    const { open: openFile } = fsp;
    fsp.open = async (...words) => {
      const file = await openFile(...words);
      if (!basename(String(words[0])).startsWith('.input.csv.')) return file;
      // It is being copied.
      copies += 1;
      rmSync(join(path, 'lock.1'));
      for (const [name, text] of Object.entries(others)) writeFileSync(join(path, name), text);
      return file;
    };
    syncBuiltinESMExports();
    try {
      const opening = open(path, { input: { ...created.input, sha256: digest } });
      await expect(opening).rejects.toMatchObject({ exit: 'held' });
    } finally {
      fsp.open = openFile;
      syncBuiltinESMExports();
    }
    expect(copies).toBe(1);
    expect(contents(path)).toEqual(others);
  });

  it.each([
    { name: 'in its middle', events: [created, sessionStarted()] },
    { name: 'before its first line was written', events: [created] },
  ])(
    'is gone on with in a journal of its own where the last session was cut off $name',
    async ({ events }) => {
      const path = makeRun('x', events);
      const before = statSync(join(path, 'journal.ndjson')).ino;
      const folder = await open(path);
      expect(statSync(join(path, 'journal.ndjson')).ino).not.toBe(before);
      expect(readFileSync(join(path, 'journal.ndjson'), 'utf8')).toBe(events.map(renderJournalLine).join(''));
      await folder.close();
    },
  );

  it('has no more half copies of a list that kills left', async () => {
    const path = makeRun('x', [created]);
    for (const name of ['.input.csv.0123456789ab.tmp', '.journal.ndjson.0123456789ab.tmp', '.input.csv.old'])
      writeFileSync(join(path, name), 'personal');
    await (await open(path)).close();
    expect(readdirSync(path).sort()).toEqual(['.input.csv.old', 'input.csv', 'journal.ndjson']);
  });

  it('is closed once it is known whether its last lines may be written', async () => {
    const path = makeRun('x', [created]);
    const clock = createFakeClock();
    const folder = await open(path, {}, clock);
    clock.shiftWall(31_000);
    folder.record(sampleEvents.warning);
    const closed = folder.close();
    await clock.advance(9_000);
    expect(readFileSync(join(path, 'journal.ndjson'), 'utf8')).toBe(renderJournalLine(created));
    const changed = new Promise<void>((resolve) => folder.hold.onChange(resolve));
    await clock.advance(1_000);
    await changed;
    await clock.advance(500);
    await closed;
    expect(readFileSync(join(path, 'journal.ndjson'), 'utf8')).toBe(
      renderJournalLine(created) + renderJournalLine(sampleEvents.warning),
    );
  });

  it('is refused while somebody holds it', async () => {
    const path = makeRun('x', [created]);
    const folder = await open(path);
    await expect(open(path)).rejects.toMatchObject({ exit: 'held' });
    await folder.close();
  });
});
