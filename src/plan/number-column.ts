/** A list of numbers from 0 to 2^53 − 1 that only grows. */
export interface NumberColumn {
  readonly length: number;
  push(value: number): void;
  at(index: number): number;
}

/**
 * Kept in chunks, so that growing copies nothing, each as narrow as its widest value: a million small ids take 2 MB,
 * and one large one among them widens its own chunk only.
 */
export function createNumberColumn(): NumberColumn {
  const chunks: NumberArray[] = [];
  let length = 0;
  let last: NumberArray = new Uint8Array(0);
  let largest = largestIn(last);

  function use(chunk: NumberArray): void {
    last = chunk;
    largest = largestIn(chunk);
    chunks[length >>> chunkBits] = chunk;
  }

  return {
    get length() {
      return length;
    },
    push(value) {
      const offset = length & offsetMask;
      if (offset === 0) use(new Uint8Array(chunkLength));
      if (value > largest) use(widened(last, value));
      last[offset] = value;
      length += 1;
    },
    at(index) {
      return chunks[index >>> chunkBits]?.[index & offsetMask] ?? 0;
    },
  };
}

type NumberArray = Uint8Array | Uint16Array | Uint32Array | Float64Array;

const chunkBits = 14;
const chunkLength = 1 << chunkBits;
const offsetMask = chunkLength - 1;

function largestIn(chunk: NumberArray): number {
  return chunk.BYTES_PER_ELEMENT === 8 ? Number.MAX_SAFE_INTEGER : 256 ** chunk.BYTES_PER_ELEMENT - 1;
}

function widened(chunk: NumberArray, value: number): NumberArray {
  if (value < 2 ** 16) return new Uint16Array(chunk);
  return value < 2 ** 32 ? new Uint32Array(chunk) : new Float64Array(chunk);
}
