import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { FatalError } from '../exit-code.ts';
import { makeFolders } from './make-folders.ts';

/** Standard input as a file, so that it can be read twice. */
export interface SpooledInput {
  readonly path: string;
  /** Removes the file and the folder it lies in. */
  remove(): Promise<void>;
}

export interface SpoolOptions {
  /** Where it goes if the temporary folder cannot be written; made where it does not exist. */
  readonly fallbackFolder: string;
  readonly temporaryFolder?: string;
  /** Aborting it ends the wait for input: a FatalError (stopped). */
  readonly signal?: AbortSignal;
}

/** Writes the whole stream to a file that only this user can read. */
export async function spoolStandardInput(stream: Readable, options: SpoolOptions): Promise<SpooledInput> {
  const place = await makePlace(options.temporaryFolder ?? tmpdir(), options.fallbackFolder);
  const path = join(place.folder, 'input.csv');
  try {
    const signal = options.signal === undefined ? {} : { signal: options.signal };
    await pipeline(stream, createWriteStream(path, { flags: 'wx', mode: 0o600 }), signal);
    return { path, remove: place.remove };
  } catch (error) {
    await place.remove();
    throw spoolProblem(error, place.folder, options.signal?.aborted === true);
  }
}

interface Place {
  readonly folder: string;
  remove(): Promise<void>;
}

async function makePlace(temporaryFolder: string, fallbackFolder: string): Promise<Place> {
  const prefix = 'offboard-stdin-';
  try {
    const folder = await mkdtemp(join(temporaryFolder, prefix));
    return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
  } catch {
    try {
      await makeFolders(fallbackFolder);
      const folder = await mkdtemp(join(fallbackFolder, `.${prefix}`));
      return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
    } catch (error) {
      throw spoolProblem(error, fallbackFolder, false);
    }
  }
}

function spoolProblem(error: unknown, folder: string, isAborted: boolean): FatalError {
  if (isAborted) return new FatalError('stopped', 'Stopped while reading standard input; nothing was sent.');
  const because = error instanceof Error ? error.message : String(error);
  return new FatalError(
    'usage',
    `Cannot keep standard input in ${folder}: ${because}. Set TMPDIR elsewhere.`,
  );
}
