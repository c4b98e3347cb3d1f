import { runOffboard } from '../offboard.mjs';
import { pairsFile } from '../pairs.mjs';
import { isThere, runPeer, runWrk, saysOf } from '../peers.mjs';
import { findProgram } from '../programs.mjs';
import { medianOf, pairedRounds, ratios } from '../rounds.mjs';
import { atLeast, atMost, count, line } from '../table.mjs';

/** Rows per second of the whole process, ours over the peer's. */
function against(name, peer, full, least, { inSmall = false } = {}) {
  const says = (rows) => `throughput ÷ ${saysOf(peer)}, ${count(rows)} rows`;
  return {
    name,
    says: says(full),
    inSmall,
    async measure(bench) {
      if (!isThere(peer)) {
        bench.say(`Left out: ${name}, since ${saysOf(peer)} is not there.`);
        return [];
      }
      const rows = bench.rows(full);
      const input = pairsFile(bench, rows);
      const { ours, theirs } = await pairedRounds(bench.rounds, {
        ours: () => runOffboard(bench, input, { rows }),
        theirs: () => runPeer(peer, bench, rows),
      });
      const values = ratios(ours, theirs, ({ perSecond }) => perSecond);
      const [our, their] = [ours, theirs].map((list) => count(medianOf(list, ({ perSecond }) => perSecond)));
      return [line(says(rows), values, { goal: atLeast(least), detail: `${our}/s against ${their}/s` })];
    },
  };
}

export const peers = [
  against('raw', 'raw', 100_000, 0.8, { inSmall: true }),
  against('curl-1m', 'curl', 1_000_000, 1.15),
  against('curl-100k', 'curl', 100_000, 0.85),
  against('curl-10k', 'curl', 10_000, 0.3, { inSmall: true }),
  against('aiohttp-10k', 'aiohttp', 10_000, 1.7),
  against('aiohttp-100k', 'aiohttp', 100_000, 5),
  against('naive-10k', 'naive', 10_000, 2.4, { inSmall: true }),
  against('naive-100k', 'naive', 100_000, 5),
  against('parallel', 'parallel', 2_000, 20),
  against('xargs', 'xargs', 2_000, 15),
];

/** A process that has just started, ours against one in C that never stops sending the same bytes. */
export const cpu = {
  name: 'cpu',
  says: "CPU seconds per request ÷ wrk's, 100,000 rows",
  inSmall: true,
  async measure(bench) {
    if (findProgram('wrk') === undefined) {
      bench.say('Left out: cpu, since wrk is not there.');
      return [];
    }
    const rows = bench.rows(100_000);
    const input = pairsFile(bench, rows);
    const { ours, theirs } = await pairedRounds(bench.rounds, {
      ours: async () => ({ requests: rows, ...(await runOffboard(bench, input, { rows })) }),
      theirs: () => runWrk(bench, bench.isSmall ? 1 : 5),
    });
    const perRequest = ({ cpuSeconds, requests }) => (cpuSeconds / requests) * 1e6;
    const [our, their] = [ours, theirs].map((list) => medianOf(list, perRequest).toFixed(1));
    return [
      line(`CPU seconds per request ÷ wrk's, ${count(rows)} rows`, ratios(ours, theirs, perRequest), {
        goal: atMost(3.3, ' (then 2.6)'),
        detail: `${our} µs against ${their} µs`,
      }),
    ];
  },
};
