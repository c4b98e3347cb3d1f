import { closeSync, openSync, readSync } from 'node:fs';
import type { AttemptAnswered, Settled } from '../journal/journal-event.ts';

/** Reads single lines of a journal. Records end nearly in the input's order, so a few blocks in memory serve most. */
export interface JournalAnswers {
  answerAt(offset: number): AttemptAnswered | Settled;
  close(): void;
}

const blockBytes = 256 * 1024;
const blocksKept = 8;
const newline = 0x0a;

export function openJournalAnswers(path: string): JournalAnswers {
  const file = openSync(path, 'r');
  const blocks = new Map<number, Buffer>();

  function blockAt(number: number): Buffer {
    const known = blocks.get(number);
    if (known !== undefined) return known;
    const oldest = blocks.keys().next();
    const reused = blocks.size >= blocksKept && oldest.done !== true ? blocks.get(oldest.value) : undefined;
    if (reused !== undefined && oldest.done !== true) blocks.delete(oldest.value);
    const space = (reused?.buffer as ArrayBuffer | undefined) ?? new ArrayBuffer(blockBytes);
    const bytes = Buffer.from(space);
    const block = bytes.subarray(0, readSync(file, bytes, 0, blockBytes, number * blockBytes));
    blocks.set(number, block);
    return block;
  }

  function lineAt(offset: number): string {
    const number = Math.floor(offset / blockBytes);
    const from = offset % blockBytes;
    const block = blockAt(number);
    const to = block.indexOf(newline, from);
    return to < 0 ? lineAcross(number, from) : block.toString('utf8', from, to);
  }

  /** A line that does not end in the block it begins in. */
  function lineAcross(first: number, start: number): string {
    const parts: Buffer[] = [];
    for (let number = first, from = start; ; number += 1, from = 0) {
      const block = blockAt(number);
      const to = block.indexOf(newline, from);
      // A block may be read over by the next one: what is kept of it is copied.
      parts.push(Buffer.from(block.subarray(from, to < 0 ? block.length : to)));
      if (to >= 0 || block.length < blockBytes) return Buffer.concat(parts).toString();
    }
  }

  return {
    answerAt: (offset) => JSON.parse(lineAt(offset)) as AttemptAnswered | Settled,
    close: () => closeSync(file),
  };
}
