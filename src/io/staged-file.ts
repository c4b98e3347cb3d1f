import { join } from 'node:path';
import { FatalError } from '../exit-code.ts';
import { nameToBe, pathBeside } from './path-beside.ts';
import type { NewFile, ReportFileSystem } from './report-file-system.ts';

/** A file that is written beside the one it will replace. Whatever fails is a FatalError that names it. */
export interface StagedFile {
  readonly name: string;
  /** Where it is written. */
  readonly path: string;
  /** Buffers `text`; true once so much has gathered that `flush` is due. Not to be called while one is under way. */
  add(text: string): boolean;
  flush(): Promise<void>;
  /** Everything added is on the disk, and the file is closed. */
  finish(): Promise<void>;
  /** Closes and removes it. Never fails. */
  discard(): Promise<void>;
}

/** Fewer, larger writes cost less, and a report's few such buffers no memory worth a word. */
const bufferedBytes = 64 * 1024;

/** What will be `<folder>/<name>`. It is made at the first `flush`, or at `finish`. */
export function createStagedFile(folder: string, name: string, fileSystem: ReportFileSystem): StagedFile {
  const path = pathBeside(join(folder, name));
  // Bytes, not text: rows that wait in it are no garbage that outlives a collection.
  let pending: Buffer = Buffer.alloc(0);
  let used = 0;
  let opened: NewFile | undefined;

  const open = async (): Promise<NewFile> => {
    opened ??= await namingFile(path, () => fileSystem.create(path));
    return opened;
  };
  const flush = async (): Promise<void> => {
    const file = await open();
    const bytes = pending.subarray(0, used);
    used = 0;
    await namingFile(path, () => file.write(bytes));
  };
  return {
    name,
    path,
    add(text) {
      const most = used + maxBytesPerCharacter * text.length;
      if (most > pending.length) pending = enlarged(pending, used, most);
      used += pending.write(text, used);
      return used >= bufferedBytes;
    },
    flush,
    async finish() {
      await flush();
      const file = await open();
      await namingFile(path, () => file.sync());
      await namingFile(path, () => file.close());
    },
    async discard() {
      // Whether it was open, or there at all, no longer matters.
      await opened?.close().catch(() => undefined);
      await fileSystem.discard(path).catch(() => undefined);
    },
  };
}

/** A row that brings a buffer to its limit usually still fits. */
const usualRowBytes = 4 * 1024;

/** UTF-8, for each unit of a JavaScript string. */
const maxBytesPerCharacter = 3;

function enlarged(bytes: Buffer, used: number, atLeast: number): Buffer {
  const larger = Buffer.allocUnsafe(Math.max(atLeast, bufferedBytes + usualRowBytes));
  bytes.copy(larger, 0, 0, used);
  return larger;
}

/** Removes what a killed run has left of these files. */
export async function removeLeftovers(
  folder: string,
  names: readonly string[],
  fileSystem: ReportFileSystem,
): Promise<void> {
  const present = await namingFile(folder, () => fileSystem.names(folder));
  for (const candidate of present) {
    const name = nameToBe(candidate);
    if (name === undefined || !names.includes(name)) continue;
    const path = join(folder, candidate);
    await namingFile(path, () => fileSystem.remove(path));
  }
}

/** Runs a step of writing the report; its failure becomes the operator's one line. */
export async function namingFile<T>(path: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    if (error instanceof FatalError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new FatalError('defect', `the report cannot be written: ${path}: ${why}`);
  }
}
