import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readPieces } from '../../src/io/read-pieces.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'offboard-pieces-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const openFiles = () => readdirSync('/proc/self/fd').length;

describe('readPieces', () => {
  it.each([0, 1, 256 * 1024, 256 * 1024 + 1, 700_001])('reads %i bytes', async (size) => {
    const bytes = Buffer.alloc(size, 'offboard');
    writeFileSync(join(folder, 'file'), bytes);
    const read: Buffer[] = [];
    for await (const piece of readPieces(join(folder, 'file'))) read.push(Buffer.from(piece));
    expect(Buffer.concat(read).equals(bytes)).toBe(true);
  });

  it('lets go of the file where it is not read to its end', async () => {
    writeFileSync(join(folder, 'file'), Buffer.alloc(1_000_000));
    const before = openFiles();
    for await (const piece of readPieces(join(folder, 'file'))) {
      expect(piece.length).toBe(256 * 1024);
      break;
    }
    expect(openFiles()).toBe(before);
  });

  it('rejects where there is no file', async () => {
    await expect(readPieces(join(folder, 'none')).next()).rejects.toThrow('ENOENT');
  });
});
