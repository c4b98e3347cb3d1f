import { readFile } from 'node:fs/promises';
import type { KeySource } from '../effects.ts';
import { FatalError } from '../exit-code.ts';

/** The key in a file (a mounted secret) where one is named, else the one in the environment. */
export function createKeySource(file: string | undefined, environmentKey: string | undefined): KeySource {
  if (file !== undefined) return { kind: 'file', read: () => readKeyFile(file) };
  const key = environmentKey?.trim() ?? '';
  return { kind: 'environment', read: async () => (isUsable(key) ? key : undefined) };
}

/** The key to begin with. Rejects with a FatalError (usage) that never shows it. */
export async function readFirstKey(
  source: KeySource,
  file: string | undefined,
  environmentKey: string | undefined,
): Promise<string> {
  const key = await source.read();
  if (key !== undefined) return key;
  const text = file === undefined ? (environmentKey ?? '') : await textOf(file);
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

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new FatalError('usage', `Cannot read the key file ${file}: ${reasons[code ?? ''] ?? code}.`);
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'permission denied',
  EISDIR: 'it is a directory',
};

async function readKeyFile(file: string): Promise<string | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const key = text.replace(/^\uFEFF/, '').trim();
  return isUsable(key) ? key : undefined;
}

/** RFC 9110, 5.5: visible ASCII; a token has no spaces within. */
function isUsable(key: string): boolean {
  return /^[\x21-\x7e]+$/.test(key);
}
