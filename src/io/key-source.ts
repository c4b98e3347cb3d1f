import type { Clock, KeySource } from '../effects.ts';
import { FatalError } from '../exit-code.ts';
import { readWithoutBlocking } from './read-without-blocking.ts';

/** The key in a file (a mounted secret) where one is named, else the one in the environment. */
export function createKeySource(file: string | undefined, environmentKey: string | undefined): KeySource {
  if (file === undefined) return { kind: 'environment', read: async () => keyIn(environmentKey ?? '') };
  return { kind: 'file', read: async () => keyIn(await readWithoutBlocking(file).catch(() => '')) };
}

/** What ends the wait for a file that never ends: a pipe that nobody writes to, a mount whose server is gone. */
interface ReadLimits {
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

const firstReadAtMostMs = 10_000;

/** The key to begin with. Rejects with a FatalError (usage) that never shows it, or with the signal's reason. */
export async function readFirstKey(
  file: string | undefined,
  environmentKey: string | undefined,
  limits: ReadLimits,
): Promise<string> {
  const text = file === undefined ? (environmentKey ?? '') : await textOf(file, limits);
  const key = keyIn(text);
  if (key !== undefined) return key;
  const from = file === undefined ? 'the environment variable PARADIGM_API_KEY' : `the key file ${file}`;
  if (text.trim() !== '') {
    throw new FatalError('usage', `The API key in ${from} has characters that an HTTP header cannot carry.`);
  }
  throw new FatalError(
    'usage',
    file === undefined
      ? 'No API key: name a file with --api-key-file, or set PARADIGM_API_KEY.'
      : `The key file ${file} is empty.`,
  );
}

function textOf(file: string, { clock, signal }: ReadLimits): Promise<string> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason as unknown);
    const cancelLimit = clock.after(firstReadAtMostMs, () =>
      reject(new FatalError('usage', `The key file ${file} has not been read within 10 s.`)),
    );
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop);
    const explain = ({ code }: NodeJS.ErrnoException) =>
      reject(new FatalError('usage', `Cannot read the key file ${file}: ${reasons[code ?? ''] ?? code}.`));
    void readWithoutBlocking(file)
      .then(resolve, explain)
      .finally(() => {
        cancelLimit();
        signal.removeEventListener('abort', stop);
      });
  });
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'permission denied',
  EISDIR: 'it is a directory',
};

/** RFC 9110, 5.5: visible ASCII; a token has no spaces within. */
function keyIn(text: string): string | undefined {
  const key = text.replace(/^\uFEFF/, '').trim();
  return /^[\x21-\x7e]+$/.test(key) ? key : undefined;
}
