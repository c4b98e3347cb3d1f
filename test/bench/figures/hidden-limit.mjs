import { pairedRounds } from '../rounds.mjs';
import { atLeast, atMost, line } from '../table.mjs';
import { runLimited, usedShare } from './limited-run.mjs';

const perSecond = 60;
const kinds = [
  { says: 'bucket, Retry-After: 1', limit: 'bucket', perSecond, retryAfter: true },
  { says: 'bucket, no Retry-After', limit: 'bucket', perSecond, retryAfter: false },
  { says: 'sliding window', limit: 'sliding', perSecond },
  {
    says: 'bucket of 90/s, others take 30/s',
    limit: 'shared',
    perSecond: 90,
    othersPerSecond: 30,
    retryAfter: true,
  },
];

/** All kinds run at the same time: at this pace they do not disturb each other. */
export const hiddenLimit = {
  name: 'hidden-limit',
  says: 'share used of a limit of 60/s that the server does not state, with --rate 500, 1,800 rows; 429',
  inSmall: true,
  async measure(bench) {
    const rows = bench.rows(1_800, 200);
    const settled = bench.isSmall ? 1 : 6;
    const { round } = await pairedRounds(bench.rounds, {
      round: (number) =>
        Promise.all(kinds.map((kind) => runLimited(bench, rows, { ...kind, seed: 1 + number }))),
    });
    return kinds.flatMap((kind, at) =>
      linesOf(
        kind,
        round.map((results) => results[at]),
        settled,
      ),
    );
  },
};

function linesOf(kind, runs, settled) {
  const share = (from) => runs.map((run) => usedShare(run, kind.perSecond, from, run.admitted.at(-1)));
  const throttled = runs.map(
    ({ admitted, refused }) => (100 * refused.length) / (admitted.length + refused.length),
  );
  return [
    line(`${kind.says}: share used after ${settled} s`, share(settled), { goal: atLeast(0.92) }),
    line(`${kind.says}: share used of the whole run`, share(0), { goal: atLeast(0.8) }),
    line(`${kind.says}: answered 429`, throttled, { goal: atMost(1.5, ' %'), unit: ' %' }),
  ];
}
