import type { ParsedJson } from '../../common/json.ts';
import { identifyRow } from '../identify-row.ts';

/**
 * Checks page borders between rows with the same time. The platform does not promise an order among these, so two requests may
 * order them differently. Then one row appears twice and another is missed. A row can only be missed if another one appears
 * twice, so a border without a repeated row is proved to be sound.
 */
export class TieGuard {
  readonly #cursorOf: (row: ParsedJson) => number | null;
  #time: number | null = null;
  #seen = new Set<unknown>();

  constructor(cursorOf: (row: ParsedJson) => number | null) {
    this.#cursorOf = cursorOf;
  }

  /** @returns false if a row at the border repeats one of the pages before; the page is then not recorded */
  accepts(rows: readonly ParsedJson[]): boolean {
    const times = rows.map(this.#cursorOf);
    const tied = rows.filter((_, index) => this.#time !== null && times[index] === this.#time).map(identifyRow);
    if (tied.some((id) => this.#seen.has(id))) return false;
    const last = times.findLast((time) => time !== null) ?? this.#time;
    if (last !== this.#time) this.#seen.clear();
    this.#time = last;
    for (const [index, row] of rows.entries()) if (times[index] === last) this.#seen.add(identifyRow(row));
    return true;
  }
}
