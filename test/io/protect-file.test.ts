import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FatalError } from '../../src/exit-code.ts';
import { readProtectFile } from '../../src/io/protect-file.ts';

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'offboard-protect-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function readList(content: string | Uint8Array): Promise<ReadonlySet<number>> {
  const path = join(folder, 'protect.txt');
  await writeFile(path, content);
  return readProtectFile(path);
}

describe('readProtectFile', () => {
  it.each([
    { name: 'UTF-8', bytes: Buffer.from('1\r\n2 # Zoë\n') },
    { name: 'UTF-8 with its mark', bytes: Buffer.from('\ufeff1\n2') },
    { name: 'UTF-16', bytes: Buffer.from('\ufeff1\n2', 'utf16le') },
    { name: 'comments in some other encoding', bytes: Buffer.from('1 # Jürg\n2', 'latin1') },
  ])('reads $name', async ({ bytes }) => {
    expect(await readList(bytes)).toEqual(new Set([1, 2]));
  });

  it('refuses a list with bad lines, and names them', async () => {
    await expect(readList('1\nAnn\n2,3\n')).rejects.toEqual(
      new FatalError(
        'usage',
        `The protect list ${folder}/protect.txt cannot be used:\n  line 2 is no user id: Ann\n  line 3 is no user id: 2,3`,
      ),
    );
  });

  it('shows twenty of many bad lines', async () => {
    await expect(readList('x\n'.repeat(1000))).rejects.toThrow(/line 20 is no user id: x\n {2}and 980 more$/);
  });

  it('refuses an empty list', async () => {
    await expect(readList('# nobody yet\n')).rejects.toThrow('it names no user id');
  });

  it.each([
    { name: 'that is not there', path: 'absent.txt', because: 'there is no such file' },
    { name: 'that is a directory', path: '.', because: 'it is a directory' },
  ])('refuses a list $name', async ({ path, because }) => {
    const file = join(folder, path);
    await expect(readProtectFile(file)).rejects.toEqual(
      new FatalError('usage', `Cannot read ${file}: ${because}.`),
    );
  });
});
