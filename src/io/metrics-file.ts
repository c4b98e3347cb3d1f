import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { readFlags } from './read-flags.ts';

/** node_exporter runs as somebody else, and has to read it. */
const readableByAll = 0o644;

/**
 * Replaces the metrics file at `path` in one step, so that a collector never reads half of it. `render` is given what stood
 * there, empty where nothing did. The name it is written under first does not end in `.prom`: collectors pass it over.
 */
export async function writeMetricsFile(path: string, render: (earlier: string) => string): Promise<void> {
  const earlier = await readEarlier(path);
  const beside = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const file = await open(beside, 'wx', readableByAll);
    try {
      await file.writeFile(render(earlier));
      // Whatever the umask is.
      await file.chmod(readableByAll);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true }).catch(() => undefined);
    throw error;
  }
}

/** Ours have a few kilobytes; of anything longer only the beginning is looked at. */
const earlierBytes = 64 * 1_024;

/** Empty where there is none. What cannot be read is not replaced either: it may name the last success. */
async function readEarlier(path: string): Promise<string> {
  const file = await open(path, readFlags).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (file === undefined) return '';
  try {
    if (!(await file.stat()).isFile()) throw new Error('it is no regular file');
    const { bytesRead, buffer } = await file.read(Buffer.alloc(earlierBytes), 0, earlierBytes, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}
