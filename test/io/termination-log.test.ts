import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeTerminationLog } from '../../src/io/termination-log.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'offboard-termination-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a termination log', () => {
  it('holds the last message alone', async () => {
    const path = join(folder, 'log');
    writeFileSync(path, 'a much longer message than the next one\n');
    await writeTerminationLog(path, '{}\n');
    expect(readFileSync(path, 'utf8')).toBe('{}\n');
  });

  it('waits for no reader of a pipe', async () => {
    const path = join(folder, 'pipe');
    execFileSync('mkfifo', [path]);
    await expect(writeTerminationLog(path, '{}\n')).rejects.toThrow('ENXIO');
  });

  it('is said to fail where it was asked for, and is left alone where it was not', async () => {
    await expect(writeTerminationLog(join(folder, 'missing', 'log'), '{}\n')).rejects.toThrow('ENOENT');
    await expect(writeTerminationLog(undefined, '{}\n')).resolves.toBeUndefined();
  });
});
