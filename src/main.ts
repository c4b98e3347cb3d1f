#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { type Invocation, readCommandLine } from './commands/command-line.ts';
import type { ProcessSurroundings, Signals } from './commands/surroundings.ts';
import { exitCodes, FatalError } from './exit-code.ts';
import { visibleText } from './plan/visible-text.ts';

/** The process edge: words and environment in, exit code out. Everything else is asked for as an argument. */

const signalNumbers = { SIGINT: 2, SIGTERM: 15 } as const;

// Who reads our output may stop reading; the run goes on and its exit code tells.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);
process.exitCode = await end();
leaveSoon();

/**
 * What still hangs by now, a read or a connect, must not keep the process alive. Writes to pipes are asynchronous on
 * POSIX (those to files and terminals are not): what is not written yet is waited for.
 */
function leaveSoon(): void {
  setTimeout(() => {
    if (isWriting(process.stdout) || isWriting(process.stderr)) leaveSoon();
    else process.exit();
  }, 500).unref();
}

function isWriting({ writableLength, errored }: NodeJS.WriteStream): boolean {
  return errored === null && writableLength > 0;
}

async function end(): Promise<number> {
  try {
    return await carryOut();
  } catch (error) {
    const exitCode = explain(error);
    const { tellContainer } = await import('./commands/tell-container.ts');
    await tellContainer({ exitCode, reason: null, folder: undefined, report: undefined });
    return exitCode;
  }
}

async function carryOut(): Promise<number> {
  const argv = process.argv.slice(2);
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  const invocation = await readCommandLine(argv, {
    environment: process.env,
    readText: (path) => readFile(path, 'utf8'),
    version,
    terminalColumns: process.stdout.columns,
    readBuilt: (file) => readFile(new URL(file, import.meta.url), 'utf8').catch(() => undefined),
  });
  return invoke(invocation, {
    environment: process.env,
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    pid: process.pid,
    teller: new URL('./tell-watchers.js', import.meta.url),
    version,
    signals: listenForSignals(),
    explain,
  });
}

/** Each command's code is loaded only when it is asked for. */
async function invoke(invocation: Invocation, around: ProcessSurroundings): Promise<number> {
  switch (invocation.kind) {
    case 'text': {
      const stream = invocation.exitCode === 0 ? process.stdout : process.stderr;
      stream.write(invocation.text);
      return invocation.exitCode;
    }
    case 'run': {
      const { runCommand } = await import('./commands/run.ts');
      return runCommand(invocation.options, around);
    }
    case 'report': {
      const { reportCommand } = await import('./commands/report.ts');
      return reportCommand(invocation.options, around);
    }
    case 'sandbox': {
      const { runSandbox } = await import('./commands/sandbox.ts');
      return runSandbox(invocation.options, (text) => void process.stdout.write(text), around.signals.first);
    }
  }
}

/** The first signal asks to stop; the second one ends the process at once, with the exit code that a shell would give. */
function listenForSignals(): Signals {
  const first = new AbortController();
  let name = '';
  let leave = (): void => undefined;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (first.signal.aborted) {
        try {
          leave();
        } finally {
          process.exit(128 + signalNumbers[signal]);
        }
      }
      name = signal;
      first.abort(new FatalError('stopped', `Stopped by ${signal} before anything was sent.`));
    });
  }
  return {
    first: first.signal,
    name: () => name,
    beforeSecond(callback) {
      leave = callback;
    },
  };
}

/** Names of files and columns are hostile text, wherever a message got them from. */
function printable(message: string): string {
  return message
    .split('\n')
    .map((line) => visibleText(line, Number.POSITIVE_INFINITY))
    .join('\n');
}

/** Messages quote what was given, at most 60 characters of it, and somebody may have put the key in a wrong place. */
function withoutKey(message: string): string {
  const key = process.env['PARADIGM_API_KEY']?.trim() ?? '';
  if (key === '') return message;
  return message.replaceAll(key, '[api key]').replaceAll(key.slice(0, 60), '[api key]');
}

function explain(error: unknown): number {
  if (error instanceof FatalError) {
    process.stderr.write(`offboard: ${printable(withoutKey(error.message))}\n`);
    return exitCodes[error.exit].code;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`offboard: this is a defect, please report it (exit 1)\n${withoutKey(stack)}\n`);
  return exitCodes.defect.code;
}
