import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/** Where Kubernetes reads a container's termination message, unless the pod says otherwise. */
const usualPath = '/dev/termination-log';

/**
 * Writes what Kubernetes shows of a container that has ended. Without a `path` only where the usual one is there already: on
 * no other machine is it, and then nothing is written. Written in place, since it is a mount. Rejects where a path that was
 * named cannot be written.
 */
export async function writeTerminationLog(path: string | undefined, line: string): Promise<void> {
  if (path !== undefined) return writeInPlace(path, constants.O_CREAT, line);
  // Not there, or not ours to write: nobody asked for it.
  return writeInPlace(usualPath, 0, line).catch(() => undefined);
}

/** A named pipe that nobody reads is refused, not waited for: that would hold the process. */
async function writeInPlace(path: string, create: number, line: string): Promise<void> {
  const file = await open(path, constants.O_WRONLY | constants.O_NONBLOCK | create, 0o644);
  try {
    if ((await file.stat()).isFile()) await file.truncate();
    await file.writeFile(line);
  } finally {
    await file.close();
  }
}
