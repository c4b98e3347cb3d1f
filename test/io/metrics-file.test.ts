import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeMetricsFile } from '../../src/io/metrics-file.ts';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'offboard-metrics-'));
  path = join(folder, 'offboard.prom');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a metrics file', () => {
  it('is made for everybody to read, and leaves nothing beside it', async () => {
    const umask = process.umask(0o027);
    await writeMetricsFile(path, (earlier) => `${earlier}a 1\n`).finally(() => process.umask(umask));
    expect(readFileSync(path, 'utf8')).toBe('a 1\n');
    expect(statSync(path).mode & 0o777).toBe(0o644);
    expect(readdirSync(folder)).toEqual(['offboard.prom']);
  });

  it('is replaced, not written over: what is being read stays whole', async () => {
    writeFileSync(path, 'a 1\n');
    const before = statSync(path).ino;
    await writeMetricsFile(path, (earlier) => `${earlier}b 2\n`);
    expect(readFileSync(path, 'utf8')).toBe('a 1\nb 2\n');
    expect(statSync(path).ino).not.toBe(before);
  });

  it('is left alone where what stands there cannot be read', async () => {
    execFileSync('mkfifo', [path]);
    await expect(writeMetricsFile(path, () => 'a 1\n')).rejects.toThrow('no regular file');
    expect(statSync(path).isFIFO()).toBe(true);
  });

  it('is not read beyond its beginning', async () => {
    writeFileSync(path, `a 1\n${'x'.repeat(1_000_000)}`);
    await writeMetricsFile(path, (earlier) => `${earlier.length}`);
    expect(readFileSync(path, 'utf8')).toBe('65536');
  });

  it('leaves nothing behind where it cannot be put in place', async () => {
    await expect(writeMetricsFile(join(folder, 'missing', 'x.prom'), () => 'a 1\n')).rejects.toThrow(
      'ENOENT',
    );
    await expect(writeMetricsFile(folder, () => 'a 1\n')).rejects.toThrow();
    expect(readdirSync(folder)).toEqual([]);
  });
});
