import type { Page } from '../../platform/page.ts';
import { PAGE_SIZE } from '../../platform/page.ts';

/** With fewer pages, reading in parallel is not worth its first request. */
const MIN_PAGES = 3;

export interface ParallelPagesOptions {
  /** Requests in flight at most. */
  readonly ahead: number;
  /**
   * Pages read in parallel at most: bounds how deep the platform has to skip. The first page of each is waited for alone, so
   * the more pages at a time, the less latency costs.
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
 * as long as their `Total` is that of the first page, and the first one that differs ends the parallel pages.
 *
 * If more can follow, the last page is asked for first: its end is where the next range begins, so the next range can begin
 * before this one is read to its end.
 *
 * @param first page 1 of the range
 * @param fetch reads a further page of the same range
 * @param beginNext takes the last page as soon as a request is free for the next range; must not throw. @default - none follows
 * @returns pages 2, 3, ... in order
 */
export async function* readParallelPages(
  first: Page,
  { ahead, longest }: Pick<ParallelPagesOptions, 'ahead' | 'longest'>,
  fetch: (page: number) => Promise<Page>,
  beginNext?: (last: Page) => void,
): AsyncGenerator<Page> {
  const pages = chooseLength(first, longest);
  const canMore = beginNext !== undefined && pages === longest && ahead > 1;
  let early = canMore ? quiet(fetch(pages)) : undefined;
  let free = early === undefined ? ahead : ahead - 1;
  const release = () => {
    free = ahead;
  };
  early?.then(release, release);
  const inFlight: Promise<Page>[] = [];
  try {
    for (let next = 2; next <= pages || inFlight.length > 0; ) {
      for (; inFlight.length < free && next <= pages; next++)
        inFlight.push(next === pages && early !== undefined ? early : quiet(fetch(next)));
      if (next > pages && inFlight.length < ahead) {
        early?.then(beginNext, () => undefined);
        early = undefined;
      }
      const page = await inFlight.shift();
      if (page === undefined || page.total !== first.total || page.rows.length === 0) return;
      yield page;
    }
  } finally {
    await Promise.allSettled([...inFlight, early]);
  }
}

/** Pages to read in parallel over this range, the first included; 0 if it is not worth it. */
export function chooseLength({ total }: Page, longest: number): number {
  const pages = Math.ceil((total ?? 0) / PAGE_SIZE);
  return pages < MIN_PAGES ? 0 : Math.min(pages, longest);
}

/** A failure is reported when the page is awaited, and dropped if the parallel pages ended before. */
function quiet(page: Promise<Page>): Promise<Page> {
  page.catch(() => undefined);
  return page;
}
