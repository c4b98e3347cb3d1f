import { builtCommand } from '../offboard.mjs';
import { median, medianOf, pairedRounds, ratios } from '../rounds.mjs';
import { run } from '../spawned.mjs';
import { atMost, line } from '../table.mjs';

const timesARound = 10;

export const help = {
  name: 'help',
  says: 'wall time of `offboard --help` ÷ `node -e 0`',
  inSmall: true,
  async measure({ folder, rounds, isSmall }) {
    const time = async (words) => (await run([process.execPath, ...words], { cwd: folder })).seconds;
    // Within a round the two take turns; each round brings the median of its starts.
    const { round } = await pairedRounds(rounds, {
      round: async () => {
        const starts = await pairedRounds(isSmall ? 2 : timesARound, {
          help: () => time([builtCommand, '--help']),
          node: () => time(['-e', '0']),
        });
        return { help: median(starts.help), node: median(starts.node) };
      },
    });
    const [helps, nodes] = ['help', 'node'].map((name) => round.map((medians) => medians[name]));
    const [ours, least] = [helps, nodes].map((list) => (1_000 * medianOf(list, Number)).toFixed(0));
    return [
      line('`offboard --help` ÷ `node -e 0`', ratios(helps, nodes, Number), {
        goal: atMost(2),
        detail: `${ours} ms against ${least} ms`,
      }),
    ];
  },
};
