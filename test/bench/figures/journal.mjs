import { fileURLToPath } from 'node:url';
import { runOffboard } from '../offboard.mjs';
import { pairsFile } from '../pairs.mjs';
import { pairedRounds, ratios } from '../rounds.mjs';
import { atMost, count, line } from '../table.mjs';

const preload = fileURLToPath(new URL('../preloads/no-journal-disk.mjs', import.meta.url));

export const journal = {
  name: 'journal',
  says: "the journal's cost: throughput without its writes and syncs ÷ with them, 100,000 rows",
  inSmall: true,
  async measure(bench) {
    const rows = bench.rows(100_000);
    const input = pairsFile(bench, rows);
    const { without, whole } = await pairedRounds(bench.rounds, {
      without: () => runOffboard(bench, input, { rows, preload }),
      whole: () => runOffboard(bench, input, { rows }),
    });
    const values = ratios(without, whole, ({ perSecond }) => perSecond);
    return [
      line(`throughput without the journal's disk ÷ with it, ${count(rows)} rows`, values, {
        goal: atMost(1.05),
        digits: 3,
      }),
    ];
  },
};
