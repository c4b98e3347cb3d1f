import { startFastServer } from './fast-server.mjs';
import { makeFolder } from './folder.mjs';

/** What every figure is given. */
export async function makeBench({ isSmall, rounds, phaseSeconds }) {
  const folder = makeFolder();
  const sentences = [];
  const say = (sentence) => void (sentences.includes(sentence) || sentences.push(sentence));
  return {
    folder,
    isSmall,
    rounds,
    phaseSeconds,
    /** The server that answers at once. */
    fast: await startFastServer(folder, say),
    /** Printed below the table: what was left out, or what spoils a figure. */
    sentences,
    say,
    /** So many rows, but few in the small form. */
    rows: (full, small = 300) => (isSmall ? Math.min(full, small) : full),
  };
}
