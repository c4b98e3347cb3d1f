import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { planWords, runOffboard, runWithPeak } from '../offboard.mjs';
import { pairsFile } from '../pairs.mjs';
import { medianOf, pairedRounds } from '../rounds.mjs';
import { atMost, count, line } from '../table.mjs';

export const plan = {
  name: 'plan',
  says: '`offboard plan` of 1,000,000 rows: read, checked, deduplicated, digested',
  inSmall: true,
  async measure(bench) {
    const rows = bench.rows(1_000_000, 10_000);
    const input = pairsFile(bench, rows);
    const { ours } = await pairedRounds(bench.rounds, { ours: () => planOnce(bench, input, rows) });
    const peak = medianOf(ours, ({ peakMib }) => peakMib).toFixed(0);
    return [
      line(`\`plan\` of ${count(rows)} rows`, seconds(ours), {
        goal: atMost(5, ' s'),
        unit: ' s',
        detail: `peak ${peak} MiB`,
      }),
    ];
  },
};

async function planOnce(bench, input, rows) {
  const ended = await runWithPeak(bench, planWords(input));
  if (!ended.stdout.includes(`${count(rows)} (`))
    throw new Error(`the plan does not name ${count(rows)} removals:\n${ended.stdout}`);
  return ended;
}

export const report = {
  name: 'report',
  says: '`offboard report` of 1,000,000 records from the journal: time, peak memory',
  inSmall: true,
  async measure(bench) {
    const rows = bench.rows(1_000_000, 2_000);
    const { out } = await runOffboard(bench, pairsFile(bench, rows), { rows, keep: true });
    const { ours } = await pairedRounds(bench.rounds, { ours: () => reportOnce(bench, out, rows) });
    rmSync(out, { recursive: true });
    const peaks = ours.map(({ peakMib }) => peakMib);
    return [
      line(`\`report\` of ${count(rows)} records`, seconds(ours), { goal: atMost(20, ' s'), unit: ' s' }),
      line('the same: peak memory', peaks, { goal: atMost(160, ' MiB'), unit: ' MiB', digits: 0 }),
    ];
  },
};

async function reportOnce(bench, out, rows) {
  const path = join(out, 'report.json');
  rmSync(path);
  const ended = await runWithPeak(bench, ['report', out]);
  const { removed } = JSON.parse(readFileSync(path, 'utf8')).counts;
  if (removed !== rows) throw new Error(`the report says that ${removed} of ${rows} were removed`);
  return ended;
}

const seconds = (list) => list.map((ended) => ended.seconds);
