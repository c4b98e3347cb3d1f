import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { FatalError } from '../exit-code.ts';
import type { ColumnNames } from '../plan/column-mapping.ts';
import type { Delimiter } from '../plan/delimiter.ts';
import type { InputRecord } from '../plan/parse-record.ts';
import { visibleText } from '../plan/visible-text.ts';
import { readCsvRecords } from './csv-records.ts';
import { createTextDecoding, type Encoding } from './decode-text.ts';
import { readProblem } from './read-problem.ts';

/** A CSV file that is being read: the header is known, the records follow. */
export interface CsvFile {
  /** Its line is 1, unless blank lines stand above it. */
  readonly header: InputRecord;
  readonly delimiter: Delimiter;
  readonly encoding: Encoding;
  /** To be read once. Nothing is read ahead while a batch is being worked on. Rejects with a FatalError (usage). */
  readonly batches: AsyncIterable<readonly InputRecord[]>;
  /** Of the whole file: known once the batches have ended. */
  facts(): CsvFacts;
  /** Lets go of the file before its end; after the end it does nothing. */
  close(): void;
}

export interface CsvFacts {
  /** SHA-256 of the file's bytes, in hex. */
  readonly sha256: string;
  readonly bytes: number;
  /** One sentence each. */
  readonly warnings: readonly string[];
}

export interface CsvFileOptions extends ColumnNames {
  /** How messages call the file, where not by its path. */
  readonly name?: string;
  /** Aborting it makes what is being read reject with the signal's reason. */
  readonly signal?: AbortSignal;
  /** How many bytes of the file make a batch, about. */
  readonly batchBytes?: number;
}

const readBytes = 64 * 1024;

/** With larger batches more objects outlive a garbage collection, and V8 takes tens of megabytes more. */
const usualBatchBytes = 4 * 1024;

/** Opens a CSV and reads its header. Rejects with a FatalError (usage) where there is nothing to be read. */
export async function openCsvFile(path: string, options: CsvFileOptions = {}): Promise<CsvFile> {
  const { batchBytes = usualBatchBytes, signal } = options;
  const name = visibleText(options.name ?? path, 200);
  await refuseWhatIsNoFile(path, name);
  const stream = createReadStream(path, { highWaterMark: readBytes });
  const hash = createHash('sha256');
  const decoding = createTextDecoding();

  async function* texts(): AsyncGenerator<string, void, undefined> {
    try {
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        signal?.throwIfAborted();
        hash.update(chunk);
        for (let at = 0; at < chunk.length; at += batchBytes) {
          yield decoding.decode(chunk.subarray(at, at + batchBytes));
        }
      }
    } catch (error) {
      throw readProblem(name, error);
    }
    yield decoding.end();
  }

  try {
    const { header, delimiter, batches } = await readCsvRecords(texts(), name, options);
    return {
      header,
      delimiter,
      batches,
      encoding: decoding.encoding(),
      facts: () => ({
        sha256: hash.copy().digest('hex'),
        bytes: stream.bytesRead,
        warnings: decoding.isDamaged() ? [describeDamage(name, decoding.encoding())] : [],
      }),
      close: () => stream.destroy(),
    };
  } catch (error) {
    stream.destroy();
    throw error;
  }
}

/** The input is read twice, to check it and to copy it: a pipe would be empty the second time. */
async function refuseWhatIsNoFile(path: string, name: string): Promise<void> {
  const status = await stat(path).catch((error: unknown) => {
    throw readProblem(name, error);
  });
  if (status.isFile()) return;
  const because = status.isDirectory()
    ? 'it is a directory'
    : 'it is no regular file; give - and send it to standard input';
  throw new FatalError('usage', `Cannot read ${name}: ${because}.`);
}

function describeDamage(name: string, encoding: Encoding): string {
  return `${name} is not valid ${encoding.toUpperCase()} throughout: what cannot be read shows as \uFFFD.`;
}
