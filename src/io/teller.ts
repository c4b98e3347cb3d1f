import { type ChildProcess, fork } from 'node:child_process';
import type { Telling } from './telling.ts';

/** Tells watchers, all at once. */
export interface Teller {
  /** Rejects with what an operator may read, where it could not be told in time. */
  tell(telling: Telling): Promise<void>;
  /** Ends it, whatever still hangs. */
  close(): void;
}

export interface TellerOptions {
  /** What its process runs: dist/tell-watchers.js. */
  readonly program: URL;
  /** Of its process. It needs no key. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What has not been told so long after the start is given up. */
  readonly limitMs: number;
}

/** What goes to its process, and what comes back; `because` says why somebody could not be told. */
export interface TellerMessage {
  readonly id: number;
  readonly telling: Telling;
}
export interface TellerAnswer {
  readonly id: number;
  readonly because?: string;
}

/**
 * Tells from a process of its own. Node.js does not end before the threads of its pool do, and a name lookup or a file system
 * that hangs may keep one of them for minutes: a process can be killed, a thread cannot.
 */
export function startTeller({ program, environment, limitMs }: TellerOptions): Teller {
  let child: ChildProcess;
  try {
    child = fork(program, [], {
      env: environment,
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      // Ctrl-C goes to the process group of the terminal: it is the run that says when to end.
      detached: true,
    });
  } catch (error) {
    // No memory, say, or no right to start a process.
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    return { tell: () => Promise.reject(new Error(code)), close: () => undefined };
  }
  const settle = new Map<number, (because: string | undefined) => void>();
  /** Why nobody can be told any more. */
  let ended: string | undefined;
  let lastId = 0;

  function end(because: string): void {
    ended ??= because;
    for (const answer of settle.values()) answer(ended);
  }

  function close(): void {
    clearTimeout(limit);
    end('it did not answer in time');
    // Where no process came to be, its handle may name any other.
    if (child.pid !== undefined) child.kill('SIGKILL');
    // One that cannot even be killed, in a file system that hangs, is not waited for.
    if (child.connected) child.disconnect();
    child.unref();
  }

  // Answers that came while this process itself was asleep are read first.
  const limit = setTimeout(() => setImmediate(close), limitMs);
  child.on('message', ({ id, because }: TellerAnswer) => settle.get(id)?.(because));
  child.on('error', ({ code, message }: NodeJS.ErrnoException) => end(code ?? message));
  child.on('exit', (code, signal) => end(`the process that tells it ended with ${signal ?? code}`));

  return {
    async tell(telling) {
      if (ended !== undefined) throw new Error(ended);
      lastId += 1;
      const id = lastId;
      const because = await new Promise<string | undefined>((resolve) => {
        settle.set(id, resolve);
        // Where it cannot be sent, `exit` or `error` says why.
        if (child.connected) child.send({ id, telling } satisfies TellerMessage, () => undefined);
      });
      settle.delete(id);
      if (because !== undefined) throw new Error(because);
    },
    close,
  };
}
