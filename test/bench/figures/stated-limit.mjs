import { pairedRounds } from '../rounds.mjs';
import { exactly, line } from '../table.mjs';
import { runLimited, usedShare } from './limited-run.mjs';

const perSecond = 60;
const forms = [
  { says: 'RateLimit-Policy and RateLimit', form: 'policy' },
  { says: 'RateLimit-Limit, -Remaining, -Reset', form: 'ratelimit' },
  { says: 'X-RateLimit-Limit, -Remaining, -Reset', form: 'x-ratelimit' },
];

/** All forms run at the same time: at this pace they do not disturb each other. */
export const statedLimit = {
  name: 'stated-limit',
  says: '429 after the first answer where every answer states the limit of 60/s, with --rate 500, 1,800 rows',
  inSmall: true,
  async measure(bench) {
    const rows = bench.rows(1_800, 100);
    const { round } = await pairedRounds(bench.rounds, {
      round: () =>
        Promise.all(forms.map(({ form }) => runLimited(bench, rows, { limit: 'stated', perSecond, form }))),
    });
    return forms.map(({ says }, at) => {
      const runs = round.map((results) => results[at]);
      const shares = runs.map((run) => usedShare(run, perSecond, 0, run.admitted.at(-1)).toFixed(2));
      return line(
        `${says}: 429 after the first answer`,
        // The first answer goes out as the first request comes in. One in any round is one too many.
        [Math.max(...runs.map(({ refused }) => refused.filter((at) => at > 0).length))],
        { goal: exactly(0), digits: 0, detail: `share used of the whole run ${shares.join(', ')}` },
      );
    });
  },
};
