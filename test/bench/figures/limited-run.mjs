import { withServer } from '../node-server.mjs';
import { runOffboard } from '../offboard.mjs';
import { pairsFile } from '../pairs.mjs';

/** What a run is allowed that knows nothing of the server's limit. */
const pace = { rate: '500', concurrency: 8 };

/**
 * A run against a server of limits.mjs. Resolves to the instants, in seconds from the first request on, at which requests
 * were `admitted` and `refused`, and at which those of `others` were admitted.
 */
export async function runLimited(bench, rows, settings) {
  const input = pairsFile(bench, rows);
  const { stats } = await withServer({ kind: 'limited', ...settings }, (url) =>
    runOffboard(bench, input, { rows, ...pace, url }),
  );
  const { admitted, refused, others } = stats;
  if (admitted.length !== rows) throw new Error(`${admitted.length} requests were admitted for ${rows} rows`);
  const first = Math.min(admitted[0], refused[0] ?? Number.POSITIVE_INFINITY);
  const [ours, theirs, not] = [admitted, others, refused].map((list) =>
    list.map((at) => (at - first) / 1_000),
  );
  return { admitted: ours, others: theirs, refused: not };
}

/**
 * Of what a limit of `perSecond` admits from one instant to another and others left, the share that was used. The burst that a
 * bucket has at the beginning is not counted to its limit.
 */
export function usedShare({ admitted, others }, perSecond, from, to) {
  const within = (list) => list.filter((at) => at >= from && at < to).length;
  return within(admitted) / (perSecond * (to - from) - within(others));
}
