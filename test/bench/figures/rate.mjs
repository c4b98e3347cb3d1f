import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runOffboard } from '../offboard.mjs';
import { pairsFile } from '../pairs.mjs';
import { pairedRounds } from '../rounds.mjs';
import { atLeast, exactly, line } from '../table.mjs';

const preload = fileURLToPath(new URL('../preloads/say-sends.mjs', import.meta.url));

/** Those of a group run at the same time: they hardly do anything. */
const groups = [
  [
    { rate: '1/min', rows: 3, small: { rate: '60/min', rows: 3 } },
    { rate: '10/s', rows: 100, small: { rate: '10/s', rows: 15 } },
    { rate: '200/s', rows: 2_000, small: { rate: '200/s', rows: 240 } },
  ],
  [{ rate: '1000/s', rows: 10_000, small: { rate: '1000/s', rows: 1_200 } }],
  [{ rate: '5000/s', rows: 50_000, small: { rate: '5000/s', rows: 5_500 } }],
];

export const rate = {
  name: 'rate',
  says: 'achieved ÷ ceiling, and seconds that hold too many, as undici writes them',
  inSmall: true,
  async measure(bench) {
    const lines = [];
    for (const group of groups) {
      const trials = group.map((full) => (bench.isSmall ? full.small : full));
      const { round } = await pairedRounds(bench.rounds, {
        round: () => Promise.all(trials.map((trial) => sendsOf(bench, trial))),
      });
      lines.push(
        ...trials.flatMap((trial, at) =>
          linesOf(
            trial,
            round.map((results) => results[at]),
          ),
        ),
      );
    }
    return lines;
  },
};

async function sendsOf(bench, { rate: ceiling, rows }) {
  const file = join(bench.folder, `sends-${ceiling.replace('/', '-')}.json`);
  await runOffboard(bench, pairsFile(bench, rows), {
    rows,
    rate: ceiling,
    preload,
    env: { SENDS_FILE: file },
  });
  const sends = JSON.parse(readFileSync(file, 'utf8'));
  if (sends.length !== rows)
    throw new Error(`${ceiling}: ${sends.length} requests were sent for ${rows} rows`);
  return sends;
}

function linesOf({ rate: ceiling }, rounds) {
  const [amount, unit] = ceiling.split('/');
  const perSecond = Number(amount) / (unit === 'min' ? 60 : 1);
  const most = Math.floor(perSecond > 1_000 ? perSecond * 1.01 + 1 : perSecond + 1);
  const shares = rounds.map(
    (sends) => ((sends.length - 1) / (sends.at(-1) - sends[0])) * (1_000 / perSecond),
  );
  const fullest = rounds.map((sends) => Math.max(...secondsFrom(sends)));
  const over = rounds.map((sends) => secondsFrom(sends).filter((held) => held > most).length);
  return [
    line(`rate ${ceiling}: achieved ÷ ceiling`, shares, { goal: atLeast(0.99), digits: 3 }),
    // One second too full in any round is one too many, so this is no median.
    line(`rate ${ceiling}: seconds with more than ${most}`, [Math.max(...over)], {
      goal: exactly(0),
      digits: 0,
      detail: `the fullest held ${Math.max(...fullest)}`,
    }),
  ];
}

/** For each request, how many were written in the second that it begins. */
function secondsFrom(sends) {
  let end = 0;
  return sends.map((from, first) => {
    while (end < sends.length && sends[end] < from + 1_000) end += 1;
    return end - first;
  });
}
