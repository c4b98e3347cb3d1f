import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeFolders } from '../../src/io/make-folders.ts';

let place: string;
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'offboard-folders-'));
});
afterEach(() => rmSync(place, { recursive: true }));

it('makes what is missing, and says which was the topmost of it', async () => {
  expect(await makeFolders(join(place, 'a', 'b', 'c'))).toBe(join(place, 'a'));
  expect(statSync(join(place, 'a', 'b', 'c')).mode & 0o777).toBe(0o750 & ~process.umask());
  expect(await makeFolders(join(place, 'a', 'b', 'd'))).toBe(join(place, 'a', 'b', 'd'));
  expect(await makeFolders(join(place, 'a'))).toBeUndefined();
});

it('leaves a path that goes up again to the system', async () => {
  expect(await makeFolders(join(place, 'a', '..', 'b'))).toBe(join(place, 'b'));
});

it('says why where a file stands in the way', async () => {
  writeFileSync(join(place, 'file'), '');
  await expect(makeFolders(join(place, 'file'))).rejects.toThrow('EEXIST');
  await expect(makeFolders(join(place, 'file', 'a'))).rejects.toThrow('ENOTDIR');
});

it.runIf(process.platform === 'linux')('comes to an end below a folder that takes none', async () => {
  await expect(makeFolders('/proc/offboard-none/a')).rejects.toThrow('ENOENT');
});
