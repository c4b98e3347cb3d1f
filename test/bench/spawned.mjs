import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { atEnd } from './folder.mjs';

/** Process groups that are running; they end before the bench's folder is removed. */
const groups = new Set();
atEnd(() => {
  for (const group of groups) endGroup(group);
});

const limitMs = 3_600_000;

const timing = ['bash', '-c', 'TIMEFORMAT=$\'\\n%3U %3S\'; time "$@"', 'bash'];

/** Starts a program in a process group of its own; nothing of the host's environment reaches it but PATH. */
export function start([program, ...words], { cwd, env = {}, stdio = 'pipe' }) {
  const child = spawn(program, words, {
    cwd,
    env: { PATH: process.env['PATH'], HOME: cwd, TZ: 'UTC', LC_ALL: 'C', ...env },
    stdio: ['ignore', stdio, stdio],
    detached: true,
  });
  if (child.pid !== undefined) groups.add(child.pid);
  child.once('close', () => groups.delete(child.pid));
  return child;
}

function endGroup(group) {
  try {
    process.kill(-group, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

/**
 * Runs a program to its end. Resolves to the wall time of the whole process and what it wrote; rejects where it ends with
 * anything but 0.
 */
export async function run(words, options) {
  const startedAt = performance.now();
  const child = start(words, options);
  const limit = setTimeout(endGroup, limitMs, child.pid);
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr']) {
    child[name].setEncoding('utf8').on('data', (text) => {
      output[name] += text;
    });
  }
  const [code, signal] = await once(child, 'close');
  const seconds = (performance.now() - startedAt) / 1_000;
  clearTimeout(limit);
  if (code !== 0) {
    const last = `${output.stdout}\n${output.stderr}`.trim().slice(-1_500);
    throw new Error(`${commandOf(words)} ended with ${code ?? signal}:\n${last}`);
  }
  return { seconds, ...output };
}

/**
 * As `run`, and resolves to the CPU seconds, too, of the program and all that it waited for. bash's own `time` tells them;
 * its line is the last of standard error.
 */
export async function runTimed(words, options) {
  const { stderr, ...ended } = await run([...timing, ...words], options);
  const said = stderr.trimEnd().split('\n');
  const [user, system] = said.pop().split(' ').map(Number);
  if (!Number.isFinite(user + system)) throw new Error(`bash did not tell the CPU time of ${words[0]}`);
  return { ...ended, stderr: said.join('\n').trim(), cpuSeconds: user + system };
}

function commandOf(words) {
  const own = words[0] === timing[0] ? words.slice(timing.length) : words;
  const text = own.join(' ');
  return text.length > 200 ? `${text.slice(0, 200)} …` : text;
}
