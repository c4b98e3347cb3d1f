import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FatalError } from '../../src/exit-code.ts';
import { createKeySource, readFirstKey } from '../../src/io/key-source.ts';
import { createFakeClock } from '../support/fake-clock.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'offboard-key-'));
  file = join(folder, 'api-key');
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const limits = () => ({ clock: createFakeClock(), signal: new AbortController().signal });
const fromFile = () => readFirstKey(file, undefined, limits());
const fromEnvironment = (key: string | undefined) => readFirstKey(undefined, key, limits());

describe('the key', () => {
  it.each([
    { name: 'as it is', text: 'secret-key' },
    { name: 'with a line end', text: 'secret-key\n' },
    { name: 'with CRLF and spaces', text: '  secret-key \r\n' },
    { name: 'behind a byte order mark', text: '\uFEFFsecret-key' },
  ])('is read from its file $name', async ({ text }) => {
    writeFileSync(file, text);
    expect(await fromFile()).toBe('secret-key');
  });

  it('comes from the environment where no file is named, trimmed', async () => {
    expect(await fromEnvironment(' secret-key\n')).toBe('secret-key');
  });

  it('comes from its file where both are there', async () => {
    writeFileSync(file, 'of-the-file');
    expect(await readFirstKey(file, 'of-the-environment', limits())).toBe('of-the-file');
  });

  it.each([
    { name: 'there is none at all', read: () => fromEnvironment(undefined), says: 'No API key: name a file' },
    { name: 'the variable is empty', read: () => fromEnvironment(' '), says: 'No API key' },
    { name: 'the file is missing', read: () => fromFile(), says: 'there is no such file' },
    {
      name: 'the file is empty',
      read: () => {
        writeFileSync(file, '\n');
        return fromFile();
      },
      says: 'is empty',
    },
    {
      name: 'the file is a directory',
      read: () => readFirstKey(folder, undefined, limits()),
      says: 'it is a directory',
    },
  ])('is a usage error where $name', async ({ read, says }) => {
    await expect(read()).rejects.toMatchObject({ exit: 'usage', message: expect.stringContaining(says) });
  });

  it.each(['two words', 'clé', 'a\u0000b', 'line\nbreak'])(
    'is refused, and not shown, where a header cannot carry it: %j',
    async (key) => {
      const error = await fromEnvironment(key).catch((thrown: Error) => thrown);
      expect(error).toMatchObject({ exit: 'usage', message: expect.stringContaining('cannot carry') });
      expect(String(error)).not.toContain(key);
    },
  );

  it('is undefined while its file is gone, empty or unusable', async () => {
    const source = createKeySource(file, undefined);
    expect(await source.read()).toBeUndefined();
    writeFileSync(file, '');
    expect(await source.read()).toBeUndefined();
    writeFileSync(file, 'next-key');
    expect(await source.read()).toBe('next-key');
    expect(source.kind).toBe('file');
  });
});

describe('a key file that is a pipe', () => {
  beforeEach(() => void execFileSync('mkfifo', [file]));

  it('is read to its end, and once alone', async () => {
    const read = fromFile();
    await writeFile(file, 'secret-key\n');
    expect(await read).toBe('secret-key');
  });

  it('is a usage error where it brings nothing', async () => {
    const error = fromFile().catch((thrown: unknown) => thrown);
    await writeFile(file, '');
    expect(await error).toMatchObject({ exit: 'usage', message: `The key file ${file} is empty.` });
  });

  it('is given up after 10 s, no sooner, where nobody writes', async () => {
    const clock = createFakeClock();
    const read = readFirstKey(file, undefined, { clock, signal: new AbortController().signal });
    let isOver = false;
    const error = read.catch((thrown: unknown) => {
      isOver = true;
      return thrown;
    });
    await clock.advance(9_999);
    expect(isOver).toBe(false);
    await clock.advance(1);
    expect(await error).toMatchObject({
      exit: 'usage',
      message: `The key file ${file} has not been read within 10 s.`,
    });
    await writeFile(file, '');
  });

  it('is waited for no longer once a signal came', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const clock = createFakeClock();
    const read = readFirstKey(file, undefined, { clock, signal });
    controller.abort(new FatalError('stopped', 'Stopped by SIGINT.'));
    await expect(read).rejects.toMatchObject({ exit: 'stopped' });
    await expect(readFirstKey(file, undefined, { clock, signal })).rejects.toMatchObject({ exit: 'stopped' });
    await writeFile(file, '');
  });
});
