import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FatalError } from '../../src/exit-code.ts';
import { spoolStandardInput } from '../../src/io/spool-input.ts';

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'offboard-spool-'));
});
afterEach(() => rm(folder, { recursive: true }));

const content = Buffer.from('workspace,user\n1,2\n'.repeat(10_000));

describe('spoolStandardInput', () => {
  it('keeps the stream in a file for this user alone, until it is removed', async () => {
    const spooled = await spoolStandardInput(Readable.from([content]), {
      temporaryFolder: folder,
      fallbackFolder: join(folder, 'runs'),
    });
    expect((await readFile(spooled.path)).equals(content)).toBe(true);
    expect((await stat(spooled.path)).mode & 0o777).toBe(0o600);
    expect((await stat(dirname(spooled.path))).mode & 0o777).toBe(0o700);
    await spooled.remove();
    await spooled.remove();
    expect(await readdir(folder)).toEqual([]);
  });

  it('goes to the fallback folder where the temporary one cannot be written', async () => {
    const spooled = await spoolStandardInput(Readable.from([content]), {
      temporaryFolder: join(folder, 'absent'),
      fallbackFolder: join(folder, 'runs'),
    });
    expect(spooled.path.startsWith(join(folder, 'runs'))).toBe(true);
    expect((await readFile(spooled.path)).equals(content)).toBe(true);
    await spooled.remove();
    expect(await readdir(join(folder, 'runs'))).toEqual([]);
  });

  it('says so where neither can be written', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    const spooling = spoolStandardInput(Readable.from([content]), {
      temporaryFolder: file,
      fallbackFolder: file,
    });
    await expect(spooling).rejects.toMatchObject({
      exit: 'usage',
      message: expect.stringContaining('TMPDIR'),
    });
  });

  it('stops when told to, and leaves nothing behind', async () => {
    const stop = new AbortController();
    const stream = new PassThrough();
    stream.write(content);
    const spooling = spoolStandardInput(stream, {
      temporaryFolder: folder,
      fallbackFolder: folder,
      signal: stop.signal,
    });
    stop.abort();
    await expect(spooling).rejects.toEqual(
      new FatalError('stopped', 'Stopped while reading standard input; nothing was sent.'),
    );
    expect(await readdir(folder)).toEqual([]);
  });
});
