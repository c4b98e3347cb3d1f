import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** The built command; `npm test` builds it first. */
export const builtCommand = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** How a child process ended. */
export interface Ended {
  /** Null where a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that is running. */
export interface Running {
  readonly pid: number;
  readonly ended: Promise<Ended>;
  kill(signal: NodeJS.Signals): void;
  /** Resolves once standard error holds `text`; rejects where the command ends without it. */
  said(text: string): Promise<void>;
}

export interface StartOptions {
  /** Where it runs: a temporary folder of the test's. */
  readonly cwd: string;
  /** Beside PATH, the only variables it sees. */
  readonly env?: Readonly<Record<string, string>>;
  /** All of its standard input; without it, that is empty. */
  readonly stdin?: string | Uint8Array;
  /** After so long it is killed, which fails the test by its signal. */
  readonly limitMs?: number;
  /** Another build's `main.js`. */
  readonly command?: string;
  /** A command that runs it, such as `unshare --pid`; signals go to that one. */
  readonly wrapper?: readonly string[];
  /** For node itself, such as `--max-old-space-size=64`. */
  readonly nodeArguments?: readonly string[];
}

/** Starts `offboard <args>`. Nothing of the host's environment reaches it but PATH. */
export function startOffboard(args: readonly string[], options: StartOptions): Running {
  const { cwd, env = {}, stdin = '', limitMs = 100_000 } = options;
  const { wrapper = [], nodeArguments = [], command = builtCommand } = options;
  const [program = '', ...words] = [...wrapper, process.execPath, ...nodeArguments, command, ...args];
  const child = spawn(program, words, {
    cwd,
    env: { PATH: process.env['PATH'] ?? '', HOME: cwd, TZ: 'UTC', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const limit = setTimeout(() => child.kill('SIGKILL'), limitMs);
  const output = { stdout: '', stderr: '' };
  const listeners = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
      for (const listener of listeners) listener();
    });
  }
  // A command that ends before it has read its input breaks the pipe; its exit code tells more.
  child.stdin.on('error', () => undefined).end(stdin);

  const ended = once(child, 'close').then(([exitCode, signal]): Ended => {
    clearTimeout(limit);
    return { exitCode, signal, ...output };
  });

  return {
    pid: child.pid ?? 0,
    ended,
    kill: (signal) => void child.kill(signal),
    said: (text) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (!output.stderr.includes(text)) return;
          listeners.delete(look);
          resolve();
        };
        listeners.add(look);
        look();
        const tooLate = () => reject(new Error(`never said ${JSON.stringify(text)}:\n${output.stderr}`));
        ended.then(tooLate, tooLate);
      }),
  };
}

/** Runs `offboard <args>` to its end. */
export function runOffboard(args: readonly string[], options: StartOptions): Promise<Ended> {
  return startOffboard(args, options).ended;
}
