import { randomBytes } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** node_exporter runs as somebody else, and has to read it. */
const readableByAll = 0o644;

/**
 * Replaces the metrics file at `path` in one step, so that a collector never reads half of it. `render` is given what stood
 * there, empty where nothing did. The name it is written under first does not end in `.prom`: collectors pass it over.
 */
export async function writeMetricsFile(path: string, render: (earlier: string) => string): Promise<void> {
  const earlier = await readFile(path, 'utf8').catch(() => '');
  const beside = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const file = await open(beside, 'wx', readableByAll);
    try {
      await file.writeFile(render(earlier));
      // Whatever the umask is.
      await file.chmod(readableByAll);
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true }).catch(() => undefined);
    throw error;
  }
}
