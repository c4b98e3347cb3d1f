import { createHash } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { FatalError } from '../exit-code.ts';
import { visibleText } from '../plan/visible-text.ts';
import { pathBeside } from './path-beside.ts';
import { readPieces } from './read-pieces.ts';
import { syncFolder } from './sync-folder.ts';

/** The input's name in a run folder. */
export const inputCopyName = 'input.csv';

/** Of a copy that is not what it was. */
export function inputChanged(copy: string): FatalError {
  return new FatalError(
    'mismatch',
    `${copy} was changed since the run or is gone; restore it, a report of it would not be true.`,
  );
}

/**
 * Copies the input byte for byte into the run folder, on disk when this resolves. Rejects with a FatalError, and
 * leaves nothing behind, where it is no longer what was read and checked (mismatch) or cannot be written (defect).
 * `look` is asked before the copy is put in place, and may reject.
 */
export async function copyInput(
  source: string,
  folder: string,
  checkedSha256: string,
  look: () => Promise<void> = async () => undefined,
): Promise<void> {
  const target = join(folder, inputCopyName);
  const beside = pathBeside(join(folder, inputCopyName));
  try {
    const sha256 = await writeCopy(source, beside, target);
    if (sha256 !== checkedSha256) throw changed(source);
    await look();
    await writing(target, rename(beside, target));
    await writing(target, syncFolder(folder));
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}

async function writeCopy(source: string, beside: string, target: string): Promise<string> {
  const hash = createHash('sha256');
  const file = await writing(target, open(beside, 'wx', 0o640));
  try {
    await writing(target, file.chmod(0o640)); // Whatever the umask says.
    for await (const chunk of readingAgain(source)) {
      hash.update(chunk);
      await writing(target, writeAll(file, chunk));
    }
    await writing(target, file.sync());
  } finally {
    await file.close();
  }
  return hash.digest('hex');
}

async function* readingAgain(source: string): AsyncGenerator<Buffer, void, undefined> {
  try {
    yield* readPieces(source);
  } catch {
    throw changed(source);
  }
}

async function writeAll(file: FileHandle, chunk: Buffer): Promise<void> {
  let written = 0;
  while (written < chunk.length) {
    written += (await file.write(chunk, written)).bytesWritten;
  }
}

async function writing<T>(target: string, step: Promise<T>): Promise<T> {
  try {
    return await step;
  } catch (error) {
    const because = error instanceof Error ? error.message : String(error);
    throw new FatalError('defect', `Cannot write ${visibleText(target, 200)}: ${visibleText(because, 200)}`);
  }
}

function changed(source: string): FatalError {
  return new FatalError(
    'mismatch',
    `${visibleText(source, 200)} changed while it was being read; nothing was sent. Run again with the file at rest.`,
  );
}
