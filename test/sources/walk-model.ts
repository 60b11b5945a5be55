import { splitArray } from '../../lambdas/common/json.ts';
import type { Page } from '../../lambdas/platform/page.ts';
import { NarrowingBudget } from '../../lambdas/sources/narrow-page.ts';
import type { ParallelPagesOptions } from '../../lambdas/sources/tail/parallel-pages.ts';
import { type WalkedPage, type WalkOptions, type WalkRequest, walk } from '../../lambdas/sources/tail/walk.ts';
import { type Habits, Platform, type Row } from '../support/fake-platform.ts';
import { VirtualTime } from '../support/virtual-time.ts';

export const NOW = Date.parse('2026-03-02T12:00:00.000Z');

/** A collection whose records move to the end, one batch of them before each request. */
export class MovingCollection {
  readonly time = new VirtualTime(NOW);
  readonly platform: Platform;
  readonly rows: Row[];

  /**
   * @param ages cursor time of each record, milliseconds before now
   * @param moves per request the records that change before it is answered; numbers beyond the last record are new ones
   */
  constructor(habits: Partial<Habits>, ages: readonly number[], moves: readonly (readonly number[])[] = []) {
    this.platform = new Platform(this.time.now, habits);
    this.rows = this.platform.rows('/calls');
    for (const age of ages) this.rows.push({ id: this.rows.length, version: 1, updated_at: iso(NOW - age) });
    this.platform.beforeRequest = () => {
      this.time.time += 100;
      for (const number of moves[this.platform.requests.length - 1] ?? []) this.#change(number);
    };
  }

  #change(number: number) {
    const row = this.rows[number];
    const updated_at = iso(this.time.time);
    if (row === undefined) this.rows.push({ id: this.rows.length, version: 1, updated_at });
    else Object.assign(row, { version: Number(row.version) + 1, updated_at });
  }

  /** Versions that stand now, with a cursor time before `before`. */
  standing(before = Number.POSITIVE_INFINITY): string[] {
    return this.rows.filter(({ updated_at }) => Date.parse(String(updated_at)) < before).map(versionOf);
  }

  readonly fetch = async ({ from, until, page, per = 100 }: WalkRequest): Promise<Page> => {
    const url = new URL(`http://127.0.0.1/manager/api/v1/calls?per=${per}&sort_column=updated_at`);
    url.searchParams.set('updated_at[from]', iso(from));
    if (until !== undefined) url.searchParams.set('updated_at[to]', iso(until));
    url.searchParams.set('page', String(page));
    const { body, headers } = this.platform.answer(url);
    return {
      rows: splitArray(JSON.parse(body), body),
      total: headers.total === undefined ? null : Number(headers.total),
      perPage: null,
      hasNext: headers.link === undefined ? null : headers.link.includes('rel="next"'),
      answeredAt: 0,
    };
  };

  walk(options: Partial<WalkOptions> = {}): AsyncGenerator<WalkedPage> {
    return walk({
      path: '/calls',
      from: 0,
      fetch: this.fetch,
      narrowing: new NarrowingBudget(),
      cursorOf: ({ value }) => Date.parse(String((value as Row).updated_at)) || null,
      ...options,
    });
  }

  /** Range of the past that no record enters any more, read with several requests in flight. */
  parallel(ahead = 4, longest = 50): ParallelPagesOptions {
    return { ahead, longest, settledUntil: () => this.time.time - 60_000 };
  }
}

export const versionOf = (row: unknown): string => {
  const { id, version } = row as Row;
  return `${id}v${version}`;
};

export const iso = (time: number) => new Date(time).toISOString();

/** What a walk saw, and what of the past, a minute old at least, it claimed to have seen but had not. */
export async function observe(collection: MovingCollection, pages: AsyncGenerator<WalkedPage>) {
  const seen = new Set<string>();
  const missedAtFrontier = new Set<string>();
  for await (const { rows, watermark } of pages) {
    for (const { value } of rows) seen.add(versionOf(value));
    if (watermark === null) continue;
    for (const version of collection.standing(Math.min(watermark, NOW - 60_000)))
      if (!seen.has(version)) missedAtFrontier.add(version);
  }
  return { seen, missedAtFrontier: [...missedAtFrontier] };
}
