import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sandboxDefaults } from '../../src/sandbox/sandbox-options.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/start-sandbox.ts';
import { runOffboard } from '../support/run-offboard.ts';

const samples = fileURLToPath(new URL('../../samples/', import.meta.url));
const kept = join(samples, 'report');

/** With this set, the samples are written anew instead of compared: `OFFBOARD_UPDATE_SAMPLES=1 npx vitest run sample-report`. */
const isUpdate = process.env['OFFBOARD_UPDATE_SAMPLES'] === '1';

let sandbox: Sandbox;
let cwd: string;
let exitCode: number | null;
let stdout: string;

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'offboard-samples-'));
  sandbox = await startSandbox({
    ...sandboxDefaults,
    members: join(samples, 'members.csv'),
    port: 0,
    forbidden: [14],
    faults: 0.06,
    seed: 2313,
  });
  writeFileSync(join(cwd, 'leavers.csv'), readFileSync(join(samples, 'leavers.csv')));
  // One at a time, so that what is tried again always comes back at the same place.
  const pace = ['--concurrency', '1', '--rate', '40'];
  ({ exitCode, stdout } = await runOffboard(
    ['run', 'leavers.csv', '--base-url', sandbox.url, '--out', 'report', '--yes', ...pace],
    {
      cwd,
      env: { PARADIGM_API_KEY: sandbox.key },
    },
  ));
});

afterAll(async () => {
  await sandbox.close();
  rmSync(cwd, { recursive: true, force: true });
});

/** What differs from run to run is given the value it has in the samples. */
function settled(text: string): string {
  return text
    .replaceAll(new URL(sandbox.url).host, '127.0.0.1:8080')
    .replace(/\d{8}T\d{6}Z-[0-9a-f]{6}/g, '20261124T235342Z-3f9a1c')
    .replace(
      /\d{4}-\d{2}-\d{2}([T ])\d{2}:\d{2}:\d{2}(\.\d{3}(?:Z| UTC)?)?/g,
      (_, separator: string, rest?: string) =>
        rest === undefined
          ? `2026-11-24${separator}23:53:42`
          : `2026-11-24${separator}23:53:42${rest.replace(/\d{3}/, '118')}`,
    )
    .replace(
      /"host":( ?)"[^"]*"(,"pid":\d+)?/g,
      (_, space: string, pid?: string) =>
        `"host":${space}"it-ops-01"${pid === undefined ? '' : ',"pid":4711'}`,
    )
    .replace(/"ms":[\d.]+/g, '"ms":2.5')
    .replace(/(<dt>Host<\/dt><dd[^>]*>)[^<]*/, '$1it-ops-01')
    .replace(/(<dt>Pace<\/dt><dd[^>]*>)[^<]*/g, '$136/s over 1.75 s')
    .replace(/median [\d.]+ ms.*?most [\d.]+ ms/, 'median 2.5 ms, 95 % 2.5 ms, 99 % 2.5 ms, most 2.5 ms')
    .replace(/"seconds":( ?)[\d.]+/g, '"seconds":$11.75')
    .replace(/"perSecond":( ?)[\d.]+/g, '"perSecond":$136')
    .replace(/"(p50|p95|p99|max)":( ?)[\d.]+/g, '"$1":$22.5');
}

/** Answers may come in another order, and the watermark follows the pace; everything else has to be the same. */
function comparable(name: string, text: string): string {
  if (name !== 'journal.ndjson') return text;
  const lines = text.split('\n').filter((line) => !line.startsWith('{"event":"starting"'));
  return lines.sort().join('\n');
}

describe('samples/summary.txt', () => {
  it('is what the command says at the end', () => {
    const file = join(samples, 'summary.txt');
    const said = settled(stdout).replace(/in [\d.]+ s \([\d.]+\/s\)/, 'in 1.75 s (36/s)');
    if (isUpdate) writeFileSync(file, said);
    expect(said).toBe(readFileSync(file, 'utf8'));
  });
});

describe('samples/report', () => {
  it('is what the command makes of samples/leavers.csv today', () => {
    expect(exitCode).toBe(20);
    const made = join(cwd, 'report');
    const names = readdirSync(made).sort();
    if (isUpdate) {
      rmSync(kept, { recursive: true, force: true });
      mkdirSync(kept);
      for (const name of names)
        writeFileSync(join(kept, name), settled(readFileSync(join(made, name), 'utf8')));
    }
    expect(existsSync(kept) ? readdirSync(kept).sort() : []).toEqual(names);
    for (const name of names) {
      const [before, now] = [kept, made].map((folder) =>
        comparable(name, settled(readFileSync(join(folder, name), 'utf8'))),
      );
      expect(now, name).toBe(before);
    }
  });
});
