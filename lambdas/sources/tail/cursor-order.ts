import { isoTime } from '../../../catalog/timestamp.ts';
import { ContractError } from '../../common/errors.ts';
import type { ParsedJson } from '../../common/json.ts';

/**
 * Cursor time of the last row of a page. If a platform does not sort, or sorts by another field, a walk by cursor would miss
 * records. So the first row that is out of order ends the walk.
 * @returns milliseconds; null if no row has one
 * @throws ContractError if the page is not in the order of its cursor
 */
export function lastCursor(
  rows: readonly ParsedJson[],
  cursorOf: (row: ParsedJson) => number | null,
  place: string,
): number | null {
  let last: number | null = null;
  for (const [index, row] of rows.entries()) {
    const cursor = cursorOf(row);
    if (cursor === null) continue;
    if (last !== null && cursor < last)
      throw new ContractError(
        `${place} is not in order: row ${index + 1} (${isoTime(cursor)}) follows ${isoTime(last)}; nothing of it was taken`,
      );
    last = cursor;
  }
  return last;
}
