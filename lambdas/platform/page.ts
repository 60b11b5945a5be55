import type { ParsedJson } from '../common/json.ts';

/** One answer of a collection. */
export interface Page {
  readonly rows: readonly ParsedJson[];
  /** `Total` header: records that match the filters, or null if the platform does not send it. */
  readonly total: number | null;
  /** `Link` header: true / false if it is there and has / has no next page, null if there is none. */
  readonly hasNext: boolean | null;
  /** Platform time of the answer, milliseconds: what the rows say was true then, however late they are looked at. */
  readonly answeredAt: number;
}

/** The API never gives more than this on a page, whatever is asked. */
export const PAGE_SIZE = 100;

/**
 * Whether more rows follow this page: `Link` decides, without it `Total` and counts, without those an empty page.
 * @param taken rows received so far with the same filters, this page included
 */
export function canHaveMore(page: Page, taken: number): boolean {
  if (page.rows.length === 0) return false;
  if (page.hasNext === true) return true;
  if (page.total !== null) return taken < page.total;
  if (page.hasNext === false) return page.rows.length >= PAGE_SIZE;
  return true;
}
