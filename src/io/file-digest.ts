import { createHash } from 'node:crypto';
import { readPieces } from './read-pieces.ts';

/** SHA-256 of a file's bytes, in hex; undefined where it cannot be read. */
export async function digestOf(path: string): Promise<string | undefined> {
  const hash = createHash('sha256');
  try {
    for await (const piece of readPieces(path)) hash.update(piece);
    return hash.digest('hex');
  } catch {
    return undefined;
  }
}
