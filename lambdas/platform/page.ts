import type { ParsedJson } from '../common/json.ts';

/** One answer of a collection. All but the rows are hints: platforms send them wrong, or not at all. */
export interface Page {
  readonly rows: readonly ParsedJson[];
  /** `Total` header: records that match the filters, or null if the platform does not send it. */
  readonly total: number | null;
  /** `Link` header: true / false if it is there and has / has no next page, null if there is none. */
  readonly hasNext: boolean | null;
  /** `Per-Page` header, or null if the platform does not send it. */
  readonly perPage: number | null;
  /** Platform time of the answer, milliseconds: what the rows say was true then, however late they are looked at. */
  readonly answeredAt: number;
}

/** The API never gives more than this on a page, whatever is asked. */
export const PAGE_SIZE = 100;

/** Pages without rows that are followed by others, according to `Link`, before the collection counts as read. */
export const MAX_EMPTY_PAGES = 3;

/**
 * Whether more rows may follow this page. It is the last one if two hints agree on that: no `Link` to a next page, a `Total` that is
 * reached, fewer rows than a page has, no rows at all. Otherwise a further request has to show it.
 * @param taken rows received so far with the same filters, this page included
 */
export function canHaveMore(page: Page, taken: number): boolean {
  const { rows, total, hasNext, perPage } = page;
  if (rows.length === 0) return hasNext === true;
  if (hasNext === true) return true;
  const isFull = rows.length >= Math.min(PAGE_SIZE, perPage ?? PAGE_SIZE);
  if (total !== null && taken < total) return true;
  // a total that is the number of rows on this page says nothing about others
  const mayBeOfPage = hasNext === null && taken === rows.length && rows.length % 10 === 0;
  const signs = [hasNext === false, taken === total && !mayBeOfPage, !isFull];
  return signs.filter(Boolean).length < 2;
}
