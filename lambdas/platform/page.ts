import type { ParsedJson } from '../common/json.ts';

/** One page of a collection. Everything except the rows is a hint: a platform may send it wrong or not at all. */
export interface Page {
  readonly rows: readonly ParsedJson[];
  /** `Total` header: records that match the filters, or null if the platform does not send it. */
  readonly total: number | null;
  /** Whether the `Link` header names a next page; null without the header. */
  readonly hasNext: boolean | null;
  /** `Per-Page` header, or null if the platform does not send it. */
  readonly perPage: number | null;
  /** Platform time of the answer, milliseconds. The rows describe the state at that time. */
  readonly answeredAt: number;
}

/** The API never returns more rows per page, whatever is requested. */
export const PAGE_SIZE = 100;

/** Pages without rows that are followed by others, according to `Link`, before the collection counts as read. */
export const MAX_EMPTY_PAGES = 3;

/**
 * Whether more rows may follow this page. It is the last page if two hints agree: no `Link` to a next page, `Total` is reached,
 * fewer rows than a full page, no rows. Otherwise a further request must confirm it.
 * @param taken rows received so far with the same filters, this page included
 */
export function canHaveMore(page: Page, taken: number): boolean {
  const { rows, total, hasNext, perPage } = page;
  if (rows.length === 0) return hasNext === true;
  if (hasNext === true) return true;
  const isFull = rows.length >= Math.min(PAGE_SIZE, perPage ?? PAGE_SIZE);
  if (total !== null && taken < total) return true;
  // a total equal to the number of rows on this page says nothing about other pages
  const mayBeOfPage = hasNext === null && taken === rows.length && rows.length % 10 === 0;
  const signs = [hasNext === false, taken === total && !mayBeOfPage, !isFull];
  return signs.filter(Boolean).length < 2;
}
