import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { builtCommand } from './run-offboard.ts';

/** What a person saw on the screen, and how the command ended. */
export interface TerminalSession {
  /** Everything printed, control sequences included; standard output and error are one here. */
  readonly screen: string;
  readonly exitCode: number;
}

export interface TerminalOptions {
  readonly cwd: string;
  readonly columns?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Below `cwd`; standard input in place of the keyboard, which stays the terminal's. */
  readonly stdinFile?: string;
  /** Typed when the screen shows `after`; each once, in this order. */
  readonly typed?: readonly { readonly after: string; readonly text: string }[];
  readonly limitMs?: number;
}

/** Runs `offboard <args>` in a pseudo terminal, made by util-linux's `script`. */
export async function runInTerminal(
  args: readonly string[],
  { cwd, columns = 80, env = {}, stdinFile, typed = [], limitMs = 100_000 }: TerminalOptions,
): Promise<TerminalSession> {
  const command = [process.execPath, builtCommand, ...args].map(quote).join(' ');
  const redirection = stdinFile === undefined ? '' : ` < ${quote(stdinFile)}`;
  // `script` copies no window size when its own input is no terminal, so it is set inside.
  const line = `stty rows 24 cols ${columns} && exec ${command}${redirection}`;
  const child = spawn('script', ['--quiet', '--return', '--command', line, '/dev/null'], {
    cwd,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: cwd,
      TZ: 'UTC',
      SHELL: '/bin/sh',
      TERM: 'xterm-256color',
      ...env,
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const limit = setTimeout(() => child.kill('SIGKILL'), limitMs);
  const rest = [...typed];
  let screen = '';
  let lookFrom = 0;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    screen += text;
    for (let next = rest[0]; next !== undefined; next = rest[0]) {
      const at = screen.indexOf(next.after, lookFrom);
      if (at < 0) return;
      lookFrom = at + next.after.length;
      child.stdin.write(next.text);
      rest.shift();
    }
  });
  child.stdin.on('error', () => undefined);
  const [exitCode] = await once(child, 'close');
  clearTimeout(limit);
  return { screen, exitCode: exitCode ?? -1 };
}

function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
