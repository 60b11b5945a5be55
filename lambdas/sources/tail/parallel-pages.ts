import type { Page } from '../../platform/page.ts';
import { PAGE_SIZE } from '../../platform/page.ts';

/** Below this a burst is not worth its first request. */
const FEWEST_PAGES = 3;

export interface BurstOptions {
  /** Requests in flight at most. */
  readonly ahead: number;
  /**
   * Pages of one burst at most: bounds how deep the platform has to skip. The first page of each is waited for alone, so
   * the fewer bursts, the less latency costs.
   */
  readonly longest: number;
  /** Newest cursor time at which records no longer appear, in milliseconds: only what leaves can change a range up to here. */
  readonly settledUntil: () => number;
}

/**
 * Reads the pages of a settled range several at a time, so that latency does not limit the rate.
 *
 * Page numbers are safe only while nothing leaves the range: a record that leaves moves all behind it one place forward,
 * and one of them across a page border. Nothing enters a settled range, so whatever leaves lowers `Total`: pages count
 * as long as their `Total` is that of the first page, and the first one that differs ends the burst.
 *
 * @param first page 1 of the range
 * @param fetch reads a further page of the same range
 * @returns pages 2, 3, ... in order
 */
export async function* burst(
  first: Page,
  { ahead, longest }: Pick<BurstOptions, 'ahead' | 'longest'>,
  fetch: (page: number) => Promise<Page>,
): AsyncGenerator<Page> {
  const pages = burstLength(first, longest);
  const inFlight: Promise<Page>[] = [];
  try {
    for (let next = 2; next <= pages || inFlight.length > 0; ) {
      while (inFlight.length < ahead && next <= pages) inFlight.push(quiet(fetch(next++)));
      const page = await inFlight.shift();
      if (page === undefined || page.total !== first.total || page.rows.length === 0) return;
      yield page;
    }
  } finally {
    await Promise.allSettled(inFlight);
  }
}

/** Pages a burst over this range would read, its first included; 0 if it is not worth it. */
export function burstLength({ total }: Page, longest: number): number {
  const pages = Math.ceil((total ?? 0) / PAGE_SIZE);
  return pages < FEWEST_PAGES ? 0 : Math.min(pages, longest);
}

/** A failure is reported by whoever awaits the page in its turn, or by nobody if the burst ended before. */
function quiet(page: Promise<Page>): Promise<Page> {
  page.catch(() => undefined);
  return page;
}
