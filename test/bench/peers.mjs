import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { key } from './offboard.mjs';
import { pairsFile, urlsFile } from './pairs.mjs';
import { findProgram, findPythonWithAiohttp } from './programs.mjs';
import { runTimed } from './spawned.mjs';

const own = (name) => fileURLToPath(new URL(`peers/${name}`, import.meta.url));

const removal = ['--silent', '--show-error', '--fail', '--request', 'DELETE'];
const bearer = ['--header', `Authorization: Bearer ${key}`];

/**
 * The other ways to send a list of removals, 64 at once. `find` returns the program, or undefined where it is not there;
 * `command` the words that send so many rows.
 */
const peers = {
  raw: {
    says: 'a cold pool.request loop',
    find: () => process.execPath,
    command: (node, { fast }, rows) => [node, own('raw-pool.mjs'), fast.url, String(rows), '64'],
  },
  naive: {
    says: 'csv-parse/sync, p-limit, fetch',
    find: () => process.execPath,
    command: (node, bench, rows) => [node, own('naive.mjs'), bench.fast.url, ...inputAndOutput(bench, rows)],
  },
  aiohttp: {
    says: 'aiohttp with a semaphore',
    find: findPythonWithAiohttp,
    command: (python, bench, rows) => [
      python,
      own('semaphore.py'),
      bench.fast.url,
      ...inputAndOutput(bench, rows),
    ],
  },
  curl: {
    says: 'curl --parallel --parallel-max 64 -K',
    find: () => findProgram('curl'),
    command(curl, bench, rows) {
      const config = urlsFile(bench, rows, { name: 'curl', before: 'url = "', after: '"' });
      return [curl, '--parallel', '--parallel-max', '64', ...removal, ...bearer, '-K', config];
    },
  },
  xargs: {
    says: 'xargs -P 64 curl',
    find: () => findProgram('curl') && findProgram('xargs'),
    command(xargs, bench, rows) {
      const urls = urlsFile(bench, rows, { name: 'plain' });
      return [xargs, '-P', '64', '-n', '1', '-a', urls, 'curl', ...removal, ...bearer];
    },
  },
  parallel: {
    says: 'GNU parallel + curl with --joblog',
    find: () => findProgram('curl') && findProgram('parallel'),
    command(parallel, bench, rows) {
      const urls = urlsFile(bench, rows, { name: 'plain' });
      const log = join(bench.folder, `joblog-${rows}`);
      const header = `'${bearer[1]}'`;
      const words = ['--will-cite', '-j', '64', '--joblog', log, '-a', urls];
      return [parallel, ...words, 'curl', ...removal, bearer[0], header];
    },
  },
};

export const saysOf = (name) => peers[name].says;

export const isThere = (name) => peers[name].find() !== undefined;

/** Sends so many rows the peer's way; rejects where it fails or the server has not answered each of them once. */
export async function runPeer(name, bench, rows) {
  const { find, command } = peers[name];
  const words = command(find(), bench, rows);
  const before = await bench.fast.requests();
  const ended = await runTimed(words, { cwd: bench.folder, env: { KEY: key } });
  const answered = (await bench.fast.requests()) - before;
  if (answered !== rows) throw new Error(`${name}: the server answered ${answered} of ${rows} requests`);
  return { ...ended, perSecond: rows / ended.seconds };
}

/** wrk sends for so many seconds, whatever comes of it. */
export async function runWrk(bench, seconds) {
  const words = ['-t', '1', '-c', '64', '-d', `${seconds}s`, '-s', own('delete.lua'), bench.fast.url];
  const { stdout, cpuSeconds } = await runTimed([findProgram('wrk'), ...words], {
    cwd: bench.folder,
    env: { KEY: key },
  });
  const requests = Number(/(\d+) requests in/.exec(stdout)?.[1]);
  if (!(requests > 0) || /Non-2xx|Socket errors/.test(stdout)) throw new Error(`wrk: ${stdout}`);
  return { requests, cpuSeconds, perSecond: requests / seconds };
}

function inputAndOutput(bench, rows) {
  return [pairsFile(bench, rows), join(bench.folder, 'peer-result.csv')];
}
