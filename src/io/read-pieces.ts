import { open } from 'node:fs/promises';
import { readFlags } from './read-flags.ts';

const pieceBytes = 256 * 1024;

/**
 * A file's bytes, piece by piece, through one buffer: a piece is good until the next one is asked for. A stream makes a new
 * buffer for each, and where nothing else is made they are only given back when tens of megabytes have gathered.
 */
export async function* readPieces(path: string): AsyncGenerator<Buffer, void, undefined> {
  const file = await open(path, readFlags);
  try {
    const buffer = Buffer.allocUnsafe(pieceBytes);
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, pieceBytes);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}
