import { execFileSync } from 'node:child_process';
import {
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
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

  it('keeps what another run has written meanwhile', async () => {
    let calls = 0;
    await writeMetricsFile(path, (earlier) => {
      calls += 1;
      if (calls === 1) writeFileSync(path, 'theirs 1\n');
      return `${earlier}ours ${calls}\n`;
    });
    expect(readFileSync(path, 'utf8')).toBe('theirs 1\nours 2\n');
    expect(readdirSync(folder)).toEqual(['offboard.prom']);
  });

  it('is written where a link leads to', async () => {
    writeFileSync(join(folder, 'real.prom'), 'a 1\n');
    symlinkSync('real.prom', path);
    await writeMetricsFile(path, (earlier) => `${earlier}b 2\n`);
    expect(readFileSync(join(folder, 'real.prom'), 'utf8')).toBe('a 1\nb 2\n');
    expect(lstatSync(path).isSymbolicLink()).toBe(true);
  });

  it('takes away what a writer left that was killed, and nothing else', async () => {
    const names = [
      '.offboard.prom.0123456789ab.tmp',
      '.offboard.prom.ba9876543210.tmp',
      '.other.prom.0123456789ab.tmp',
    ];
    for (const name of names) writeFileSync(join(folder, name), '');
    const longAgo = Date.now() / 1_000 - 3_600;
    for (const name of [names[0], names[2]]) utimesSync(join(folder, name ?? ''), longAgo, longAgo);
    await writeMetricsFile(path, () => 'a 1\n');
    expect(readdirSync(folder).sort()).toEqual([names[1], names[2], 'offboard.prom']);
  });

  it('leaves nothing behind where it cannot be put in place', async () => {
    await expect(writeMetricsFile(join(folder, 'missing', 'x.prom'), () => 'a 1\n')).rejects.toThrow(
      'ENOENT',
    );
    await expect(writeMetricsFile(folder, () => 'a 1\n')).rejects.toThrow();
    expect(readdirSync(folder)).toEqual([]);
  });
});
