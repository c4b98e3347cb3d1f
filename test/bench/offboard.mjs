import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run, runTimed } from './spawned.mjs';

/** The built command; `npm run bench` builds it first. */
export const builtCommand = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

const sayPeak = fileURLToPath(new URL('../torture/say-peak.mjs', import.meta.url));

/** The key that every client of the bench sends. */
export const key = 'bench-key-0a7d';

const anyLength = ['--max-removals', '100000000'];

let runs = 0;

/**
 * `offboard run` with everything that is on by default, as fast as it goes unless `rate` says otherwise. `preload` is loaded
 * into the process from outside of the product. Rejects unless every one of `rows` was removed. `keep` leaves the run
 * folder, whose path is the result's `out`.
 */
export async function runOffboard(bench, input, { rows, rate = 'off', concurrency = 64, ...more }) {
  runs += 1;
  const out = join(bench.folder, `run-${runs}`);
  const pace = ['--rate', rate, '--concurrency', String(concurrency)];
  const command = [builtCommand, 'run', input, '--out', out, ...anyLength, '--yes', ...pace];
  const preload = more.preload === undefined ? [] : ['--import', more.preload];
  const ended = await runTimed([process.execPath, ...preload, ...command], {
    cwd: bench.folder,
    env: { PARADIGM_API_KEY: key, PARADIGM_BASE_URL: more.url ?? bench.fast.url, ...more.env },
  });
  const report = JSON.parse(readFileSync(join(out, 'report.json'), 'utf8'));
  const { removed } = report.counts;
  if (removed !== rows) throw new Error(`the report says that ${removed} of ${rows} were removed`);
  if (!more.keep) rmSync(out, { recursive: true });
  return { ...ended, out, report, perSecond: rows / ended.seconds };
}

/** `offboard <words>` to its end, with its peak memory in MiB. */
export async function runWithPeak(bench, words) {
  const peakFile = join(bench.folder, 'peak');
  const ended = await run([process.execPath, '--import', sayPeak, builtCommand, ...words], {
    cwd: bench.folder,
    env: { PEAK_FILE: peakFile },
  });
  return { ...ended, peakMib: readPeak(peakFile) };
}

/** As `runOffboard`, with its peak memory in MiB. */
export async function runOffboardWithPeak(bench, input, options) {
  const peakFile = join(bench.folder, 'peak');
  const ended = await runOffboard(bench, input, {
    ...options,
    preload: sayPeak,
    env: { PEAK_FILE: peakFile },
  });
  return { ...ended, peakMib: readPeak(peakFile) };
}

function readPeak(file) {
  const peak = Number(readFileSync(file, 'utf8'));
  rmSync(file);
  return peak;
}

/** For `plan`: the words that let a list of any length through. */
export const planWords = (input) => ['plan', input, ...anyLength];
