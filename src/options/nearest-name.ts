/** The name most like `name`, where one is so near that a slip explains it: at most one in three characters is wrong. */
export function nearestName(name: string, names: Iterable<string>): string | undefined {
  const wanted = spelling(name);
  let nearest: string | undefined;
  let least = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  if (wanted.length > longest) return undefined;
  for (const candidate of names) {
    const distance = editDistance(wanted, candidate);
    if (distance >= least) continue;
    least = distance;
    nearest = candidate;
  }
  return nearest;
}

/** No option has a longer name, and the distance takes time in proportion to it. */
const longest = 60;

/** `maxAttempts`, `MAX_ATTEMPTS` and `max-attempts` differ in spelling only. */
function spelling(name: string): string {
  return name
    .replaceAll(/([a-z\d])([A-Z])/g, '$1-$2')
    .replaceAll('_', '-')
    .toLowerCase();
}

/** Damerau-Levenshtein (optimal string alignment): insertions, deletions, replacements and swaps of neighbours. */
function editDistance(left: string, right: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const isSame = left[row - 1] === right[column - 1];
      const isSwap = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      current[column] = Math.min(
        at(previous, column) + 1,
        at(current, column - 1) + 1,
        at(previous, column - 1) + (isSame ? 0 : 1),
        isSwap ? at(beforePrevious, column - 2) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    beforePrevious = previous;
    previous = current;
  }
  return at(previous, right.length);
}

/** Outside the table nothing can be reached. */
function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
