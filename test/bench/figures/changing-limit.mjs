import { pairedRounds } from '../rounds.mjs';
import { atLeast, line } from '../table.mjs';
import { runLimited, usedShare } from './limited-run.mjs';

const perSecondByPhase = [60, 20, 100];

export const changingLimit = {
  name: 'changing-limit',
  says: 'share used of a limit that changes from 60 to 20 to 100 a second, from 6 s after each change on',
  inSmall: true,
  async measure(bench) {
    const { phaseSeconds } = bench;
    const settling = Math.min(6, phaseSeconds / 2);
    // As many as the limit admits, so that there is work until the last phase is over.
    const rows = Math.ceil(perSecondByPhase.reduce((sum, perSecond) => sum + perSecond * phaseSeconds, 0));
    const settings = { limit: 'changing', perSecondByPhase, phaseMs: phaseSeconds * 1_000, retryAfter: true };
    const { runs } = await pairedRounds(bench.rounds, { runs: () => runLimited(bench, rows, settings) });
    const throttled = runs.map(
      ({ admitted, refused }) => (100 * refused.length) / (admitted.length + refused.length),
    );
    return [
      ...perSecondByPhase.map((perSecond, phase) => {
        const [from, to] = [phase * phaseSeconds + settling, (phase + 1) * phaseSeconds];
        const shares = runs.map((run) => usedShare(run, perSecond, from, Math.min(to, run.admitted.at(-1))));
        return line(`limit ${perSecond}/s, ${phaseSeconds} s long: share used after ${settling} s`, shares, {
          goal: atLeast(0.85),
        });
      }),
      line('all three phases: answered 429', throttled, { unit: ' %' }),
    ];
  },
};
