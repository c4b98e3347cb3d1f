import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FatalError } from '../../src/exit-code.ts';
import { copyInput } from '../../src/io/input-copy.ts';

let folder = '';
let source = '';
let runFolder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'offboard-copy-'));
  source = join(folder, 'leavers.csv');
  runFolder = join(folder, 'run');
  await mkdir(runFolder);
});
afterEach(() => rm(folder, { recursive: true }));

function sha256Of(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

async function refusalOf(copying: Promise<void>): Promise<FatalError> {
  const error = await copying.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (!(error instanceof FatalError)) throw new Error(`not refused: ${String(error)}`);
  return error;
}

describe('copyInput', () => {
  it.each([0, 1, 256 * 1024, 1_000_003])(
    'copies %d bytes as they are, for owner and group to read',
    async (length) => {
      const content = randomBytes(length);
      await writeFile(source, content);
      await copyInput(source, runFolder, sha256Of(content));
      expect(await readdir(runFolder)).toEqual(['input.csv']);
      expect((await readFile(join(runFolder, 'input.csv'))).equals(content)).toBe(true);
      expect((await stat(join(runFolder, 'input.csv'))).mode & 0o777).toBe(0o640);
    },
  );

  it('refuses a file that is not what was checked, and leaves nothing behind', async () => {
    await writeFile(source, 'workspace,user\n1,3\n');
    const error = await refusalOf(
      copyInput(source, runFolder, sha256Of(Buffer.from('workspace,user\n1,2\n'))),
    );
    expect(error.exit).toBe('mismatch');
    expect(error.message).toContain(`${source} changed while it was being read; nothing was sent.`);
    expect(await readdir(runFolder)).toEqual([]);
  });

  it('takes a file that is gone for a changed one', async () => {
    const error = await refusalOf(copyInput(source, runFolder, sha256Of(Buffer.from(''))));
    expect(error.exit).toBe('mismatch');
    expect(await readdir(runFolder)).toEqual([]);
  });

  it('keeps the copy that is there when the new one is refused', async () => {
    await writeFile(join(runFolder, 'input.csv'), 'old');
    await writeFile(source, 'new');
    await refusalOf(copyInput(source, runFolder, sha256Of(Buffer.from('newer'))));
    expect(await readFile(join(runFolder, 'input.csv'), 'utf8')).toBe('old');
    expect(await readdir(runFolder)).toEqual(['input.csv']);
  });

  it('names the file that cannot be written', async () => {
    await writeFile(source, 'x');
    const error = await refusalOf(copyInput(source, join(folder, 'absent'), sha256Of(Buffer.from('x'))));
    expect(error.exit).toBe('defect');
    expect(error.message).toContain(`Cannot write ${folder}/absent/input.csv: ENOENT`);
  });

  it('leaves nothing behind where the copy cannot be put in place', async () => {
    await mkdir(join(runFolder, 'input.csv'));
    await writeFile(source, 'x');
    const error = await refusalOf(copyInput(source, runFolder, sha256Of(Buffer.from('x'))));
    expect(error.exit).toBe('defect');
    expect(await readdir(runFolder)).toEqual(['input.csv']);
  });
});
