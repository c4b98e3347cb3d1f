import { open, readdir, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { nameToBe, pathBeside } from './path-beside.ts';
import { readFlags } from './read-flags.ts';

/** node_exporter runs as somebody else, and has to read it. */
const readableByAll = 0o644;

/**
 * Replaces the metrics file at `path` in one step, so that a collector never reads half of it; where it is a link, what that
 * leads to. `render` is given what stood there, empty where nothing did; once more, where somebody else has written meanwhile.
 * The name it is written under first does not end in `.prom`: collectors pass it over.
 */
export async function writeMetricsFile(path: string, render: (earlier: string) => string): Promise<void> {
  const target = await realpath(path).catch(() => path);
  await removeLeftovers(target);
  for (let isWritten = false; !isWritten; ) {
    const earlier = await readEarlier(target);
    isWritten = await replaceUnlessChanged(target, render(earlier.text), earlier.version);
  }
}

async function replaceUnlessChanged(target: string, text: string, version: string): Promise<boolean> {
  const beside = pathBeside(target);
  try {
    const file = await open(beside, 'wx', readableByAll);
    try {
      await file.writeFile(text);
      // Whatever the umask is.
      await file.chmod(readableByAll);
      await file.sync();
    } finally {
      await file.close();
    }
    const isUnchanged = (await versionOf(target)) === version;
    if (isUnchanged) await rename(beside, target);
    else await rm(beside, { force: true });
    return isUnchanged;
  } catch (error) {
    await rm(beside, { force: true }).catch(() => undefined);
    throw error;
  }
}

/** A writer takes seconds at most, so what is older was left by one that was killed. */
const leftoverMs = 60_000;

/** What cannot be removed stays: it harms nobody. */
async function removeLeftovers(target: string): Promise<void> {
  const folder = dirname(target);
  for (const name of await readdir(folder).catch(() => [])) {
    if (nameToBe(name) !== basename(target)) continue;
    const { mtimeMs } = await stat(join(folder, name)).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
    if (mtimeMs < Date.now() - leftoverMs)
      await rm(join(folder, name), { force: true }).catch(() => undefined);
  }
}

/** Ours have a few kilobytes; of anything longer only the beginning is looked at. */
const earlierBytes = 64 * 1_024;

/** Empty where there is none. What cannot be read is not replaced either: it may name the last success. */
async function readEarlier(path: string): Promise<{ readonly text: string; readonly version: string }> {
  const file = await open(path, readFlags).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (file === undefined) return { text: '', version: '' };
  try {
    const stats = await file.stat();
    if (!stats.isFile()) throw new Error('it is no regular file');
    const { bytesRead, buffer } = await file.read(Buffer.alloc(earlierBytes), 0, earlierBytes, 0);
    return { text: buffer.toString('utf8', 0, bytesRead), version: describeVersion(stats) };
  } finally {
    await file.close();
  }
}

/** Empty where there is none. */
async function versionOf(path: string): Promise<string> {
  return stat(path).then(describeVersion, () => '');
}

function describeVersion({ ino, mtimeMs }: { readonly ino: number; readonly mtimeMs: number }): string {
  return `${ino} ${mtimeMs}`;
}
