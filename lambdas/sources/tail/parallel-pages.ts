import type { Page } from '../../platform/page.ts';
import { PAGE_SIZE } from '../../platform/page.ts';

/** With fewer pages, parallel reading does not save the request that it costs. */
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

/** A range of cursor times that new records no longer enter. */
export interface SettledRange {
  /** First cursor time, milliseconds. */
  readonly from: number;
  /** Its first page, requested once. */
  readonly first: () => Promise<Page>;
  /** Reads a further page. */
  readonly fetch: (page: number) => Promise<Page>;
}

/** A page of a settled range. */
export interface RangePage {
  readonly range: SettledRange;
  readonly number: number;
  readonly page: Page;
}

/**
 * Reads the pages of settled ranges several at a time, so that latency does not limit the rate.
 *
 * Page numbers are safe only while no record leaves the range. A record that leaves moves all later ones forward by one place,
 * and one of them across a page border. No record enters a settled range, so a record that leaves lowers `Total`. Pages count
 * as long as their `Total` equals that of the first page. The first page with another `Total` ends the parallel pages.
 *
 * If more records can follow, the last page of a range is requested early. It shows where the next range begins. So the first
 * page of that range has arrived when the last pages of this range are requested:
 *
 *     1   112 2 3 4 ... 105   1' 106 ... 111   112' 2' 3' ...
 *
 * @param range the first range
 * @param follow the range behind a last page; undefined if there is none. Must not throw
 * @returns the pages of each range in order
 */
export async function* readParallelPages(
  range: SettledRange,
  { ahead, longest }: Pick<ParallelPagesOptions, 'ahead' | 'longest'>,
  follow: (range: SettledRange, last: Page) => SettledRange | undefined,
): AsyncGenerator<RangePage> {
  const flight = new Flight(ahead);
  let asking: RangeReader | undefined = new RangeReader(range, flight, longest);
  const asked: AskedPage[] = [asking.takeFirst()];
  const fill = () => {
    while (asking !== undefined && flight.isFree && asked.length < ahead) {
      const { following } = asking;
      if (asking.isAsked && following !== undefined) {
        asking = following;
        asked.push(following.takeFirst());
      } else if (!asking.prepare(follow)) {
        const next = asking.ask();
        if (next === undefined) return;
        asked.push(next);
      }
    }
  };
  try {
    for (;;) {
      const next = asked.shift();
      if (next === undefined) return;
      const page = await next.answer;
      if (next.number > 1 && (page.total !== next.reader.total || page.rows.length === 0)) return;
      // the consumer takes its time
      fill();
      yield { range: next.reader.range, number: next.number, page };
      fill();
    }
  } finally {
    await flight.land();
  }
}

interface AskedPage {
  readonly reader: RangeReader;
  readonly number: number;
  readonly answer: Promise<Page>;
}

/** The requests on their way. */
class Flight {
  readonly most: number;
  readonly #open = new Set<Promise<unknown>>();

  constructor(most: number) {
    this.most = most;
  }

  get isFree(): boolean {
    return this.#open.size < this.most;
  }

  /** A failure is reported when the page is awaited, and dropped if the parallel pages ended before. */
  add(page: Promise<Page>, arrived: (page: Page) => void = () => undefined): Promise<Page> {
    const land = () => this.#open.delete(page);
    this.#open.add(page);
    page.then(arrived).then(land, land);
    return page;
  }

  /** Waits for all of them. */
  async land(): Promise<void> {
    await Promise.allSettled(this.#open);
  }
}

/** Requests the pages of one range. */
class RangeReader {
  readonly range: SettledRange;
  /** The next range. */
  following: RangeReader | undefined;
  readonly #flight: Flight;
  readonly #longest: number;
  readonly #first: Promise<Page>;
  #firstPage: Page | undefined;
  #early: Promise<Page> | undefined;
  /** The last page; null once the range behind it has begun, or there is none. */
  #last: Page | null | undefined;
  #next = 2;

  constructor(range: SettledRange, flight: Flight, longest: number) {
    this.range = range;
    this.#flight = flight;
    this.#longest = longest;
    this.#first = flight.add(range.first(), (page) => {
      this.#firstPage = page;
    });
  }

  /** `Total` of the first page. */
  get total(): number | null | undefined {
    return this.#firstPage?.total;
  }

  /** True if all of its pages are requested. */
  get isAsked(): boolean {
    return this.#firstPage !== undefined && this.#next > this.#pages;
  }

  get #pages(): number {
    return this.#firstPage === undefined ? 1 : Math.max(1, chooseLength(this.#firstPage, this.#longest));
  }

  takeFirst(): AskedPage {
    return { reader: this, number: 1, answer: this.#first };
  }

  /**
   * Asks for what lets the next range begin in time.
   * @returns whether that took a request
   */
  prepare(follow: (range: SettledRange, last: Page) => SettledRange | undefined): boolean {
    if (this.#firstPage === undefined || this.#pages < this.#longest || this.#flight.most === 1) return false;
    if (this.#early === undefined) {
      this.#early = this.#flight.add(this.range.fetch(this.#pages), (page) => {
        this.#last = page;
      });
      return true;
    }
    if (!this.#last || this.#next <= this.#pages - this.#flight.most) return false;
    const next = follow(this.range, this.#last);
    this.#last = null;
    if (next === undefined) return false;
    this.following = new RangeReader(next, this.#flight, this.#longest);
    return true;
  }

  /** @returns the next page; undefined if there is none, or none is known yet */
  ask(): AskedPage | undefined {
    if (this.#firstPage === undefined || this.isAsked) return undefined;
    const number = this.#next++;
    const early = number === this.#pages ? this.#early : undefined;
    return { reader: this, number, answer: early ?? this.#flight.add(this.range.fetch(number)) };
  }
}

/** Pages to read in parallel over this range, the first included; 0 if it is not worth it. */
export function chooseLength({ total }: Page, longest: number): number {
  const pages = Math.ceil((total ?? 0) / PAGE_SIZE);
  return pages < MIN_PAGES ? 0 : Math.min(pages, longest);
}
