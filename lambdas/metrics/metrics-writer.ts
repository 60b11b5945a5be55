import pMap from 'p-map';
import type { Effects } from '../common/effects.ts';
import { TransientError } from '../common/errors.ts';
import { pauseBetween } from '../common/pause-between.ts';
import { computeJitter } from '../common/retry.ts';
import type { SegmentedCall } from '../segments/segment-record.ts';
import { MAX_INSERTS } from './item-inserts.ts';
import { createMetricsItem, type MetricsItem } from './metrics-item.ts';
import { isNewer, type MetricsTable, type Outcome } from './metrics-table.ts';

/** Groups of 25 items that are written at the same time: as many puts as the SDK has connections, or two requests of inserts. */
const CONCURRENT_GROUPS = 2;

/** What is left of a run when it stops waiting for the table, so that it can end in order, milliseconds. */
const RESERVE = 30_000;

/** How DynamoDB says "later" when the retries of the SDK are used up. */
const THROTTLED = new Set(['ProvisionedThroughputExceededException', 'ThrottlingException', 'RequestLimitExceeded']);

export interface MetricsWriterOptions {
  readonly table: MetricsTable;
  readonly tenant: string;
  /** Days after its start at which a call's item may be deleted. @default - never */
  readonly ttlDays?: number | undefined;
  readonly effects: Pick<Effects, 'sleep' | 'breathe' | 'random'>;
  /** Milliseconds until the function is ended. */
  readonly timeLeft: () => number;
  /** Keeps the lease. */
  readonly keepAlive: () => Promise<void>;
}

/** Keeps an item unless a newer version of its call is there. */
export function keepNewest(newest: Map<string, MetricsItem>, item: MetricsItem): void {
  const known = newest.get(item.call_key);
  if (known === undefined || isNewer(item, known)) newest.set(item.call_key, item);
}

/**
 * Writes the items of calls: of each call only the newest version of a batch, patiently where the table is throttled.
 *
 * There are two ways. A conditional `PutItem` is right for every item. Inserts, 25 in a request, take a sixth of its CPU time for an
 * item; but where the table has an item of the call, the insert is refused, billed like a write, and the put follows. So the writer
 * goes by what it sees: it puts, and once the last 25 items were all new to the table it inserts, until an insert is refused.
 *
 *     catch-up, backfill   put 25 | insert insert insert insert ...
 *     live run             put put put ...      two of three versions are of calls that the table has
 *     known range          put put put ...      nothing is billed twice
 *
 * Nothing is read before: the tail drops what it knows already, so nearly every version is new, and reading each (0.5 read units, a
 * fifth of the price of a write unit) would pay only if a tenth of them were not.
 */
export class MetricsWriter {
  readonly #options: MetricsWriterOptions;
  /** Items in a row that the table had no item of, over the batches of a run. */
  #addedInARow = 0;

  constructor(options: MetricsWriterOptions) {
    this.#options = options;
  }

  /** The items of the newest version of each call. */
  async itemsOf(calls: Iterable<SegmentedCall>): Promise<MetricsItem[]> {
    const { tenant, ttlDays, effects } = this.#options;
    const newest = new Map<string, MetricsItem>();
    for await (const call of pauseBetween(calls, effects.breathe))
      keepNewest(newest, createMetricsItem(tenant, call, ttlDays));
    return [...newest.values()];
  }

  /**
   * Writes the items that are newer than what the table has.
   * @throws TransientError if the table is throttled until the time is nearly up; what was written stays
   */
  async write(calls: Iterable<SegmentedCall>): Promise<void> {
    const [first = [], ...others] = split(await this.itemsOf(calls));
    // what the first items show decides about the others
    await this.#writeSome(first);
    await pMap(others, (items) => this.#writeSome(items), { concurrency: CONCURRENT_GROUPS });
  }

  /**
   * Writes items that a replay made again.
   * @param missing items that the table lacked a moment ago
   * @param changed items that the table has in another form
   * @throws TransientError as {@link write} does
   */
  async restore(missing: readonly MetricsItem[], changed: readonly MetricsItem[]): Promise<void> {
    const { table } = this.#options;
    const known = await pMap(split(missing), (items) => this.#insert(items), { concurrency: CONCURRENT_GROUPS });
    const restored = [...changed, ...known.flat()];
    await pMap(split(restored), (items) => this.#eachPatiently(items, (item) => table.restore(item)), {
      concurrency: CONCURRENT_GROUPS,
    });
  }

  /** Does something again and again until the table is not throttled. @throws TransientError as {@link write} does */
  async patiently<T>(work: () => Promise<T>): Promise<T> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof Error && THROTTLED.has(error.name))) throw error;
        await this.#pause(attempt, error.name);
      }
    }
  }

  async #writeSome(items: readonly MetricsItem[]): Promise<void> {
    const { table } = this.#options;
    const due = this.#addedInARow < MAX_INSERTS ? items : await this.#insert(items);
    await this.#eachPatiently(due, async (item) => this.#saw(await table.put(item)));
  }

  /** @returns the items of calls that the table has an item of */
  async #insert(items: readonly MetricsItem[]): Promise<MetricsItem[]> {
    const { table, keepAlive } = this.#options;
    await keepAlive();
    const known: MetricsItem[] = [];
    let left = items;
    for (let attempt = 0; ; attempt++) {
      const inserted = await this.patiently(() => table.insert(left));
      known.push(...inserted.known);
      if (inserted.known.length > 0) this.#addedInARow = 0;
      if (inserted.reason === undefined) return known;
      if (inserted.postponed.length < left.length) attempt = 0;
      left = inserted.postponed;
      await this.#pause(attempt, inserted.reason);
    }
  }

  #saw(outcome: Outcome): void {
    this.#addedInARow = outcome === 'added' ? this.#addedInARow + 1 : 0;
  }

  async #eachPatiently<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
    await this.#options.keepAlive();
    await Promise.all(items.map((item) => this.patiently(() => work(item))));
  }

  /** @throws TransientError if nothing would be left of the run's time */
  async #pause(attempt: number, reason: string): Promise<void> {
    const { effects, timeLeft, keepAlive, table } = this.#options;
    const pause = computeJitter(attempt, effects.random);
    if (timeLeft() - pause < RESERVE)
      throw new TransientError(
        `table ${table.name} takes no writes now (${reason}): nothing is lost, the next run writes what is missing; if it is throttled for long, raise the table's maximum of write units`,
      );
    await keepAlive();
    await effects.sleep(pause);
  }
}

/** Items in groups of a request's size. */
const split = <T>(items: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(items.length / MAX_INSERTS) }, (_, i) =>
    items.slice(i * MAX_INSERTS, (i + 1) * MAX_INSERTS),
  );
