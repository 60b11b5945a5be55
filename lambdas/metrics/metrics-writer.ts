import pMap from 'p-map';
import type { Effects } from '../common/effects.ts';
import { TransientError } from '../common/errors.ts';
import { inBreaths } from '../common/in-breaths.ts';
import { fullJitter } from '../common/retry.ts';
import type { SegmentedCall } from '../segments/segment-record.ts';
import { type MetricsItem, metricsItem } from './metrics-item.ts';
import { isNewer, type MetricsTable } from './metrics-table.ts';

const CONCURRENT_ITEMS = 32;

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
 * Writes the items of calls: of each call only the newest version of a batch, many at a time, patiently where the table is
 * throttled. Nothing is read before: the tail drops what it knows already, so nearly every item is new, and reading each
 * (0.5 read units, a fifth of the price of a write unit) would pay only if a tenth of them were not.
 */
export class MetricsWriter {
  readonly #options: MetricsWriterOptions;

  constructor(options: MetricsWriterOptions) {
    this.#options = options;
  }

  /** The items of the newest version of each call. */
  async itemsOf(calls: Iterable<SegmentedCall>): Promise<MetricsItem[]> {
    const { tenant, ttlDays, effects } = this.#options;
    const newest = new Map<string, MetricsItem>();
    for await (const call of inBreaths(calls, effects.breathe)) keepNewest(newest, metricsItem(tenant, call, ttlDays));
    return [...newest.values()];
  }

  /**
   * Writes the items that are newer than what the table has.
   * @throws TransientError if the table is throttled until the time is nearly up; what was written stays
   */
  async write(calls: Iterable<SegmentedCall>): Promise<void> {
    await this.forEach(await this.itemsOf(calls), (item) => this.#options.table.put(item));
  }

  /** Does something with every item, many at a time. @throws TransientError as {@link write} does */
  async forEach<T>(
    items: readonly T[],
    work: (item: T) => Promise<unknown>,
    concurrency = CONCURRENT_ITEMS,
  ): Promise<void> {
    await pMap(items, (item) => this.#patiently(() => work(item)), { concurrency });
  }

  async #patiently(work: () => Promise<unknown>): Promise<void> {
    const { effects, timeLeft, keepAlive, table } = this.#options;
    for (let attempt = 0; ; attempt++) {
      try {
        await work();
        return;
      } catch (error) {
        if (!(error instanceof Error && THROTTLED.has(error.name))) throw error;
        const pause = fullJitter(attempt, effects.random);
        if (timeLeft() - pause < RESERVE)
          throw new TransientError(
            `table ${table.name} is throttled (${error.name}): nothing is lost, the next run writes what is missing; if it stays so, raise the table's maximum of write units`,
          );
        await keepAlive();
        await effects.sleep(pause);
      }
    }
  }
}
