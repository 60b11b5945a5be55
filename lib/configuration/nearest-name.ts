/**
 * Suggests the allowed name that a misspelt one most likely means: `did you mean "chat"? `, with a space at the end.
 * @returns an empty text if no name is near, which means that more than two fifths of the letters would have to change
 */
export function suggestName(written: string, allowed: readonly string[]): string {
  const [best] = rankNames(written, allowed);
  return best === undefined || best.distance > best.length * 0.4 ? '' : `did you mean "${best.name}"? `;
}

/** A longer list of names is cut in a message. */
const MAX_NAMES = 6;

/**
 * Lists names in a message. A long list is cut to the names that are nearest to the written one.
 * @param all how to see all names, e.g. `ccaip run --help lists all`
 * @returns e.g. `a, b` or `call, chat, raw_call and 69 more (ccaip run --help lists all)`
 */
export function listNames(names: readonly string[], all: string, written = ''): string {
  if (names.length <= MAX_NAMES) return names.join(', ');
  const nearest = written === '' ? names : rankNames(written, names).map(({ name }) => name);
  const shown = nearest.slice(0, MAX_NAMES);
  return `${shown.join(', ')} and ${names.length - shown.length} more (${all})`;
}

interface RankedName {
  readonly name: string;
  readonly distance: number;
  /** Length of the longer of the two names. */
  readonly length: number;
}

/** Ranks names by the share of their letters that would have to change, the nearest first. */
function rankNames(written: string, allowed: readonly string[]): RankedName[] {
  return allowed
    .map((name) => ({
      name,
      distance: editDistance(written.toLowerCase(), name.toLowerCase()),
      length: Math.max(written.length, name.length),
    }))
    .sort((a, b) => a.distance / a.length - b.distance / b.length);
}

/** Counts the letters to insert, delete, replace or swap with their neighbour (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const at = (line: readonly number[], index: number) => line[index] ?? Number.POSITIVE_INFINITY;
      const same = a[row - 1] === b[column - 1];
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      current[column] = Math.min(
        at(last, column) + 1,
        at(current, column - 1) + 1,
        at(last, column - 1) + (same ? 0 : 1),
        swapped ? at(beforeLast, column - 2) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    beforeLast = last;
    last = current;
  }
  return last[b.length] ?? Number.POSITIVE_INFINITY;
}
