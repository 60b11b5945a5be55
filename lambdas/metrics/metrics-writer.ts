import pMap from 'p-map';
import { MAX_INSERTS } from '../aws/item-inserts.ts';
import type { Effects } from '../common/effects.ts';
import { TransientError } from '../common/errors.ts';
import { inGroups } from '../common/in-groups.ts';
import { computeJitter } from '../common/retry.ts';
import type { SegmentedCall } from '../segments/segment-record.ts';
import { createMetricsItem, type MetricsItem } from './metrics-item.ts';
import type { MetricsTable, Outcome } from './metrics-table.ts';

/** Number of groups of 25 items that are written at the same time: one put per connection of the SDK, or two requests of inserts. */
const CONCURRENT_GROUPS = 2;

/** A run stops waiting for the table when this much of its time is left, so that it can end cleanly, milliseconds. */
const RESERVE = 30_000;

/** Errors with which DynamoDB throttles after the retries of the SDK. */
const THROTTLED = new Set(['ProvisionedThroughputExceededException', 'ThrottlingException', 'RequestLimitExceeded']);

export interface MetricsWriterOptions {
  readonly table: MetricsTable;
  readonly tenant: string;
  /** Days after its start at which a call's item may be deleted. @default - never */
  readonly ttlDays?: number | undefined;
  readonly effects: Pick<Effects, 'sleep' | 'random'>;
  /** Milliseconds until the function is ended. */
  readonly timeLeft: () => number;
  /** Keeps the lease. */
  readonly keepAlive: () => Promise<void>;
}

/**
 * Creates and writes the items of calls. Waits if the table is throttled.
 *
 * There are two ways. A conditional `PutItem` is correct for every item. An insert, 25 in a request, takes a sixth of the CPU time.
 * But if the table has an item of the call, the insert is refused and billed like a write, and a put follows. So the writer starts
 * with puts. Once the last 25 items were all new to the table, it uses inserts, until an insert is refused.
 *
 *     catch-up, backfill   put 25 | insert insert insert insert ...
 *     live run             put put put ...      two of three versions are of calls that the table has
 *     known range          put put put ...      nothing is billed twice
 *
 * Items are not read before. The tail drops known versions, so nearly every version is new. A read costs 0.5 read units, and a read
 * unit costs a fifth of a write unit. So reads would pay only if a tenth of the versions were not new.
 */
export class MetricsWriter {
  readonly #options: MetricsWriterOptions;
  /** Number of consecutive items that were new to the table, across the batches of a run. */
  #addedInARow = 0;

  constructor(options: MetricsWriterOptions) {
    this.#options = options;
  }

  createItem(call: SegmentedCall): MetricsItem {
    const { tenant, ttlDays } = this.#options;
    return createMetricsItem(tenant, call, ttlDays);
  }

  /**
   * Writes the items that are newer than what the table has.
   * @param items of different calls
   * @throws TransientError if the table is throttled until the time is nearly up; what was written stays
   */
  async write(items: readonly MetricsItem[]): Promise<void> {
    const [first = [], ...others] = inGroups(items, MAX_INSERTS);
    // the results of the first items decide how the others are written
    await this.#writeSome(first);
    await pMap(others, (some) => this.#writeSome(some), { concurrency: CONCURRENT_GROUPS });
  }

  /**
   * Writes items that a replay recomputed.
   * @param missing items that the table lacked a moment ago
   * @param changed items that the table has in another form
   * @throws TransientError as {@link write} does
   */
  async restore(missing: readonly MetricsItem[], changed: readonly MetricsItem[]): Promise<void> {
    const { table } = this.#options;
    const known = await pMap(inGroups(missing, MAX_INSERTS), (items) => this.#insert(items), {
      concurrency: CONCURRENT_GROUPS,
    });
    const restored = [...changed, ...known.flat()];
    await pMap(inGroups(restored, MAX_INSERTS), (items) => this.#eachPatiently(items, (item) => table.restore(item)), {
      concurrency: CONCURRENT_GROUPS,
    });
  }

  /** Repeats a write until the table is no longer throttled. @throws TransientError as {@link write} does */
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

  /** @returns the items whose calls the table has */
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
