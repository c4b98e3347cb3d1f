import { constants, open } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';

/**
 * A whole file as text. A pipe is waited for by the event loop: opening one that nobody writes to would block a thread of
 * the pool, and Node does not exit, not even by process.exit(), before its threads have come back.
 */
export async function readWithoutBlocking(path: string): Promise<string> {
  if (!(await stat(path)).isFIFO()) return readFile(path, 'utf8');
  const fd = await promisify(open)(path, constants.O_RDONLY | constants.O_NONBLOCK);
  return text(new Socket({ fd, readable: true, writable: false }));
}
