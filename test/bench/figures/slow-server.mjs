import { withServer } from '../node-server.mjs';
import { runOffboard } from '../offboard.mjs';
import { pairsFile } from '../pairs.mjs';
import { pairedRounds } from '../rounds.mjs';
import { atLeast, count, line } from '../table.mjs';

const afterMs = 20;
const atOnce = 64;

export const slowServer = {
  name: 'slow-server',
  says: 'share of the ideal where each answer takes 20 ms, 64 at once, 10,000 rows',
  inSmall: true,
  async measure(bench) {
    const rows = bench.rows(10_000);
    const input = pairsFile(bench, rows);
    const { ours } = await pairedRounds(bench.rounds, {
      ours: () => withServer({ kind: 'slow', afterMs }, (url) => runOffboard(bench, input, { rows, url })),
    });
    const idealSeconds = (rows * afterMs) / atOnce / 1_000;
    const values = ours.map(({ seconds }) => idealSeconds / seconds);
    return [
      line(`share of the ideal at ${afterMs} ms an answer, ${atOnce} at once, ${count(rows)} rows`, values, {
        goal: atLeast(0.85),
        detail: `the ideal is ${idealSeconds.toFixed(2)} s`,
      }),
    ];
  },
};
