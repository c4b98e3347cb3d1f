import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { withServer } from '../node-server.mjs';
import { builtCommand, key, runOffboard } from '../offboard.mjs';
import { pairsFile } from '../pairs.mjs';
import { run } from '../spawned.mjs';
import { exactly, wordLine } from '../table.mjs';

const shares = [1, 2, 3, 4];

/** One file, four processes at once; the server says what it was asked for, and the merged report is held against a single run's. */
export const shards = {
  name: 'shards',
  says: 'four shards of one file at once: their pairs, their overlap, their merged report',
  inSmall: true,
  async measure(bench) {
    const rows = bench.rows(20_000, 400);
    const input = pairsFile(bench, rows);
    const merged = join(bench.folder, 'merged');
    const { stats } = await withServer({ kind: 'noting' }, (url) => runShards(bench, input, merged, url));
    const single = await runOffboard(bench, input, { rows, keep: true });
    const difference = differenceOf(merged, single.out);
    const lines = [
      wordLine('four shards at once: pairs of their union', stats.paths === rows ? 'all' : `${stats.paths}`, {
        goal: exactly('all'),
        detail: `of ${rows}`,
      }),
      wordLine('pairs that more than one of them asked for', `${stats.requests - stats.paths}`, {
        goal: exactly('0'),
      }),
      wordLine('the merged report equals that of a single run', difference === '' ? 'yes' : 'no', {
        goal: exactly('yes'),
        detail: difference,
      }),
    ];
    const wrong = lines.find(({ isMet }) => !isMet);
    if (wrong !== undefined) throw new Error(`${wrong.says}: ${wrong.value} ${wrong.detail}`);
    return lines;
  },
};

async function runShards(bench, input, merged, url) {
  const env = { PARADIGM_API_KEY: key, PARADIGM_BASE_URL: url };
  const offboard = (words) => run([process.execPath, builtCommand, ...words], { cwd: bench.folder, env });
  const outOf = (share) => join(bench.folder, `shard-${share}`);
  const words = ['--rate', 'off', '--concurrency', '16', '--max-removals', '100000000', '--yes'];
  const shardWords = (share) => ['--shard', `${share}/${shares.length}`, '--out', outOf(share)];
  await Promise.all(shares.map((share) => offboard(['run', input, ...words, ...shardWords(share)])));
  await offboard(['report', ...shares.map(outOf), '--out', merged]);
}

/** Which counts or which file's rows differ, but for the times; empty where nothing does. */
function differenceOf(one, other) {
  const countsOf = (folder) =>
    JSON.stringify(JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')).counts);
  if (countsOf(one) !== countsOf(other)) return `counts: ${countsOf(one)}, ${countsOf(other)}`;
  const files = readdirSync(one).filter((name) => name.endsWith('.csv'));
  return files
    .filter((name) => rowsOf(join(one, name)) !== rowsOf(join(other, name)))
    .map((name) => `${name} differs`)
    .join(', ');
}

function rowsOf(path) {
  const rows = parse(readFileSync(path), { columns: true });
  return JSON.stringify(rows.map(({ finished_at: _time, ...rest }) => rest));
}
