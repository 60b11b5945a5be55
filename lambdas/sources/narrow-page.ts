import { UnreadableError } from '../common/errors.ts';
import type { ParsedJson } from '../common/json.ts';
import { MAX_EMPTY_PAGES, type Page } from '../platform/page.ts';

/** How often a request is sent at most that asks for few records, or for one that was unreadable before. */
export const FEW_ATTEMPTS = 2;

/** Most requests that one run spends on pages that the platform fails to answer. */
export const MAX_NARROWING_REQUESTS = 300;

/** Single records in a row that cannot be read before the platform counts as down. */
const MAX_UNREADABLE_IN_A_ROW = 20;

/** A record that the platform cannot deliver. */
export interface Gap {
  /** The row of the page before which it stands. */
  readonly before: number;
  /** Its place among the records that match the filters, from 1. */
  readonly position: number;
  readonly reason: string;
}

/** A page without the records that cannot be read. */
export interface NarrowedPage extends Page {
  readonly gaps: readonly Gap[];
}

/** Counts the requests that are spent on unreadable pages. */
export class NarrowingBudget {
  #left = MAX_NARROWING_REQUESTS;

  /** @returns false if none is left */
  take(): boolean {
    this.#left -= 1;
    return this.#left >= 0;
  }
}

/**
 * Reads what can be read of a page that the platform fails to answer: ten records at a time, and one at a time where that fails.
 *
 *     page 3 (100 rows) fails ── 21..30 ok ── 31..40 fails ── 31 ok, 32 ok, 33 fails, 34 ok ... ── 41..50 ok ...
 *
 * @param page the page that failed, from 1
 * @param size records of a page: a power of ten
 * @param failure how it failed
 * @param fetch reads a page of `per` records
 * @throws UnreadableError the failure, if nothing else can be read either: then the platform is down, no record is to blame
 */
export async function narrowPage(
  page: number,
  size: number,
  failure: UnreadableError,
  fetch: (page: number, per: number) => Promise<Page>,
  budget: NarrowingBudget,
): Promise<NarrowedPage> {
  const rows: ParsedJson[] = [];
  const gaps: Gap[] = [];
  let last: Page | undefined;
  let inARow = 0;
  const ask = async (number: number, per: number): Promise<Page | UnreadableError> => {
    if (!budget.take()) throw failure;
    try {
      const answer = await fetch(number, per);
      // a platform that gives more than it was asked for does not let us look at single records
      if (answer.rows.length > per) throw failure;
      inARow = 0;
      last = answer;
      rows.push(...answer.rows);
      return answer;
    } catch (error) {
      if (error instanceof UnreadableError && error !== failure) return error;
      throw error;
    }
  };
  const first = (page - 1) * size;
  const partSize = size / 10;
  for (let start = first; start < first + size; start += partSize) {
    if (partSize > 1) {
      const part = await ask(start / partSize + 1, partSize);
      if (!(part instanceof UnreadableError)) {
        if (part.rows.length < partSize) break;
        continue;
      }
    }
    let empty = 0;
    for (let position = start + 1; position <= start + partSize && empty < MAX_EMPTY_PAGES; position++) {
      const single = await ask(position, 1);
      if (single instanceof UnreadableError) {
        gaps.push({ before: rows.length, position, reason: single.message });
        inARow += 1;
        if (inARow > MAX_UNREADABLE_IN_A_ROW) throw failure;
      } else if (single.rows.length === 0) empty += 1;
    }
    if (empty > 0) break;
  }
  if (last === undefined) throw failure;
  const taken = rows.length + gaps.length;
  return { ...last, rows, gaps, perPage: null, hasNext: taken >= size ? last.hasNext : false };
}
