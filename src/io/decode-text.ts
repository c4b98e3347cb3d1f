import { TextDecoder } from 'node:util';

/** Encodings of text files: UTF-16 is told by its byte order mark, everything else is UTF-8. */
export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be';

/** Decodes a text that arrives in pieces, however characters are cut between them. The byte order mark is left out. */
export interface TextDecoding {
  decode(piece: Uint8Array): string;
  /** What was held back of the last character; nothing can be decoded afterwards. */
  end(): string;
  /** Known once the first two bytes were decoded. */
  encoding(): Encoding;
  /** Whether bytes that are no text were met so far, and read as U+FFFD. */
  isDamaged(): boolean;
}

export function createTextDecoding(): TextDecoding {
  let opening: Uint8Array = new Uint8Array(0);
  let encoding: Encoding = 'utf-8';
  let lenient: TextDecoder | undefined;
  let strict: TextDecoder | undefined;
  let isDamaged = false;

  function start(): void {
    encoding = encodingOf(opening);
    lenient = new TextDecoder(encoding);
    strict = new TextDecoder(encoding, { fatal: true });
  }

  /** The strict decoder only tells whether the text is sound: a U+FFFD may also stand in the file itself. */
  function convert(piece: Uint8Array, stream: boolean): string {
    try {
      strict?.decode(piece, { stream });
    } catch {
      isDamaged = true;
      strict = undefined;
    }
    return lenient?.decode(piece, { stream }) ?? '';
  }

  return {
    decode(piece) {
      if (lenient !== undefined) return convert(piece, true);
      opening = Buffer.concat([opening, piece]);
      if (opening.length < byteOrderMarkLength) return '';
      start();
      return convert(opening, true);
    },
    end() {
      if (lenient !== undefined) return convert(new Uint8Array(0), false);
      start();
      return convert(opening, false);
    },
    encoding: () => encoding,
    isDamaged: () => isDamaged,
  };
}

/** The UTF-8 mark is longer, but needs no recognizing: UTF-8 is the default, and decoders drop it. */
const byteOrderMarkLength = 2;

function encodingOf([first, second]: Uint8Array): Encoding {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
}
