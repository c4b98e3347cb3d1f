import { once } from 'node:events';
import { exitCodes } from '../exit-code.ts';
import { renderGreeting } from '../sandbox/render-greeting.ts';
import type { SandboxOptions } from '../sandbox/sandbox-options.ts';
import { startSandbox } from '../sandbox/start-sandbox.ts';

/** Serves the look-alike until `signal` aborts; the exit code is then 0. */
export async function runSandbox(
  options: SandboxOptions,
  out: (text: string) => void,
  signal: AbortSignal,
): Promise<number> {
  const sandbox = await startSandbox(options);
  out(renderGreeting(sandbox, options.members));
  if (!signal.aborted) await once(signal, 'abort');
  await sandbox.close();
  return exitCodes.done.code;
}
