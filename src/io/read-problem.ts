import { FatalError } from '../exit-code.ts';
import { visibleText } from '../plan/visible-text.ts';

/** Why a file that the operator named cannot be read, as one sentence that names it. Other errors are passed on. */
export function readProblem(path: string, error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  if (code === undefined || error instanceof FatalError || !/^E[A-Z]+$/.test(code)) return error;
  const because = knownCodes[code] ?? `the system says ${code}`;
  return new FatalError('usage', `Cannot read ${visibleText(path, 200)}: ${because}.`);
}

const knownCodes: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EISDIR: 'it is a directory',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
};
