import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReportJson } from '../../src/report/report-json.ts';
import { runOffboard } from '../support/run-offboard.ts';

const rows = Number(process.env['TORTURE_MILLION'] ?? 1_000_000);
const left = 10;
const sayPeak = fileURLToPath(new URL('say-peak.mjs', import.meta.url));

let cwd: string;
let requests = 0;
let isFirstRun = true;

/** Of the first run's removals ten conflict, spread over the list; everything else is removed. */
const server = createServer((request, response) => {
  request.resume();
  requests += 1;
  const user = Number(request.url?.split('/').at(-1)) - 1_000_000;
  const isConflict = isFirstRun && user % (rows / left) === rows / left / 2;
  if (isConflict) response.writeHead(409, { 'content-type': 'application/json' }).end('{"error":"conflict"}');
  else response.writeHead(204).end();
});
server.keepAliveTimeout = 75_000;

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'offboard-million-'));
  const lines = function* () {
    yield 'workspace_id,user_id,name\n';
    for (let row = 0; row < rows; row += 1) yield `${1 + (row % 200)},${1_000_000 + row},Person ${row}\n`;
  };
  await pipeline(Readable.from(lines()), createWriteStream(join(cwd, 'pairs.csv')));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(cwd, { recursive: true, force: true });
});

async function run(name: string, words: readonly string[]) {
  const before = requests;
  const startedAt = performance.now();
  const { exitCode, stderr } = await runOffboard(words, {
    cwd,
    env: {
      PARADIGM_API_KEY: 'key',
      OFFBOARD_BASE_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      OFFBOARD_MAX_REMOVALS: String(rows),
      PEAK_FILE: join(cwd, 'peak'),
    },
    nodeArguments: ['--import', sayPeak],
    limitMs: 600_000,
  });
  const seconds = Math.round((performance.now() - startedAt) / 100) / 10;
  const peak = Number(readFileSync(join(cwd, 'peak'), 'utf8'));
  console.log(`${name}: exit ${exitCode}, ${seconds} s, peak ${peak} MiB, ${requests - before} requests`);
  return { exitCode, stderr, sent: requests - before, peak };
}

function report(): ReportJson {
  return JSON.parse(readFileSync(join(cwd, 'run', 'report.json'), 'utf8')) as ReportJson;
}

describe(`a list of ${rows} records`, () => {
  const words = ['run', 'pairs.csv', '--out', 'run', '--rate', 'off'];

  it('is run, and then gone on with for the ten that are left', async () => {
    const first = await run('run', [...words, '--concurrency', '64']);
    expect(first.exitCode, first.stderr).toBe(20);
    expect(report().counts).toMatchObject({ removed: rows - left, failed: left });
    isFirstRun = false;

    const second = await run('resume', words);
    expect(second.exitCode, second.stderr).toBe(0);
    expect(second.sent).toBe(left);
    expect(report().counts).toMatchObject({ removed: rows, failed: 0 });
    if (rows === 1_000_000) expect(second.peak).toBeLessThanOrEqual(160);

    const third = await run('resume of what is done', words);
    expect(third.exitCode, third.stderr).toBe(0);
    expect(third.sent).toBe(0);
  });
});
