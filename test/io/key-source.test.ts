import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createKeySource, readFirstKey } from '../../src/io/key-source.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'offboard-key-'));
  file = join(folder, 'api-key');
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const fromFile = () => readFirstKey(createKeySource(file, undefined), file, undefined);
const fromEnvironment = (key: string | undefined) =>
  readFirstKey(createKeySource(undefined, key), undefined, key);

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
    expect(await readFirstKey(createKeySource(file, 'of-the-environment'), file, 'of-the-environment')).toBe(
      'of-the-file',
    );
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
      read: () => readFirstKey(createKeySource(folder, undefined), folder, undefined),
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
