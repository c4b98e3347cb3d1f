/**
 * The clients of one figure, one after another in each round, every second round from the other end; resolves to what each
 * measured, round by round.
 */
export async function pairedRounds(rounds, clients) {
  const names = Object.keys(clients);
  const measured = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const name of round % 2 === 0 ? names : names.toReversed())
      measured[name].push(await clients[name](round));
  }
  return measured;
}

export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** For each round what `value` says of it. */
export function ratios(over, under, value) {
  return over.map((one, round) => value(one) / value(under[round]));
}

export const medianOf = (list, value) => median(list.map(value));
