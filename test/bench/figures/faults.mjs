import { withServer } from '../node-server.mjs';
import { runOffboard } from '../offboard.mjs';
import { pairsFile } from '../pairs.mjs';
import { medianOf, pairedRounds } from '../rounds.mjs';
import { atMost, count, line } from '../table.mjs';

const perSecond = 200;
const share = 0.05;

export const faults = {
  name: 'faults',
  says: 'time ÷ ideal where 5 % of all requests are answered 503, at 200/s, 2,000 rows',
  inSmall: true,
  async measure(bench) {
    const rows = bench.rows(2_000, 200);
    const input = pairsFile(bench, rows);
    const { ours } = await pairedRounds(bench.rounds, {
      ours: (round) =>
        withServer({ kind: 'faulty', share, seed: 1 + round }, (url) =>
          runOffboard(bench, input, { rows, rate: String(perSecond), url }),
        ),
    });
    const values = ours.map(({ seconds, stats }) => seconds / (stats.requests / perSecond));
    const faulty = medianOf(ours, ({ stats }) => stats.faults);
    return [
      line(`time ÷ ideal with ${share * 100} % of 503, at ${perSecond}/s, ${count(rows)} rows`, values, {
        goal: atMost(1.05),
        digits: 3,
        detail: `${count(faulty)} faults`,
      }),
    ];
  },
};
