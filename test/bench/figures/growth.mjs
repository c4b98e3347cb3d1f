import { runOffboardWithPeak } from '../offboard.mjs';
import { pairsFile } from '../pairs.mjs';
import { medianOf, pairedRounds } from '../rounds.mjs';
import { atMost, count, line } from '../table.mjs';

export const growth = {
  name: 'growth',
  says: 'wall time, CPU and peak memory at 10,000, 100,000 and 1,000,000 rows; peak ÷ peak',
  inSmall: true,
  async measure(bench) {
    const sizes = [10_000, 100_000, 1_000_000].map((full) => (bench.isSmall ? full / 500 : full));
    const run = (rows) => () => runOffboardWithPeak(bench, pairsFile(bench, rows), { rows });
    const [least, middle, most] = sizes.map(String);
    const measured = await pairedRounds(bench.rounds, {
      [least]: run(sizes[0]),
      [middle]: run(sizes[1]),
      [most]: run(sizes[2]),
    });
    const peaks = (rows) => measured[rows].map(({ peakMib }) => peakMib);
    const ratio = peaks(most).map((peak, round) => peak / peaks(least)[round]);
    return [
      ...sizes.map((rows) => growthLine(rows, measured[rows])),
      line(`peak memory, ${count(sizes[2])} rows ÷ ${count(sizes[0])} rows`, ratio, { goal: atMost(1.3) }),
      line(`peak memory, ${count(sizes[2])} rows`, peaks(most), {
        goal: atMost(160, ' MiB'),
        unit: ' MiB',
        digits: 0,
      }),
    ];
  },
};

function growthLine(rows, measured) {
  const cpu = medianOf(measured, ({ cpuSeconds }) => cpuSeconds).toFixed(2);
  const peak = medianOf(measured, ({ peakMib }) => peakMib).toFixed(0);
  return line(
    `${count(rows)} rows: wall time`,
    measured.map(({ seconds }) => seconds),
    { unit: ' s', detail: `CPU ${cpu} s, peak ${peak} MiB` },
  );
}
