import type { Endpoint } from '../../catalog/index.ts';
import type { Effects } from '../common/effects.ts';
import { LeaseHeldError } from '../common/errors.ts';
import type { Lake } from '../lake/lake.ts';
import type { Head, HeadStore } from '../ledger/checkpoint.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { LedgerBatch, LedgerObject } from '../ledger/ledger-entry.ts';
import type { MetricsWriter } from '../metrics/metrics-writer.ts';
import type { SourceBatch } from '../sources/source.ts';
import { handedOver } from '../sources/tail/tail-position.ts';
import type { BatchLog } from './batch-log.ts';
import { writeBatch } from './write-batch.ts';

/** Between two attempts to get a turn, on average, milliseconds. */
const PAUSE = 2_000;

/** Old records are not news: what they look like is neither compared nor remembered. */
const NO_DRIFT = { look: async () => [] };

interface RangeCommitterOptions {
  readonly endpoint: Endpoint;
  readonly tenant: string;
  readonly run: string;
  readonly lake: Lake;
  readonly metrics: MetricsWriter;
  readonly ledger: Ledger;
  readonly store: HeadStore;
  readonly log: BatchLog;
  readonly timeIsUp: () => boolean;
  readonly effects: Effects;
}

/**
 * Makes the batches of a range count. They take their numbers in the same ledger as those of live runs, one turn for each; a turn
 * that a live run ended is taken again, and the objects are written again if their number is gone.
 */
export class RangeCommitter {
  readonly #options: RangeCommitterOptions;
  #appended = 0;

  constructor(options: RangeCommitterOptions) {
    this.#options = options;
  }

  /** @returns undefined if time was up before the batch had its turn; then nothing of it counts */
  async commit(batch: SourceBatch): Promise<LedgerBatch | undefined> {
    const { store, log } = this.#options;
    let objects: LedgerObject[] | undefined;
    let tried: LedgerBatch | undefined;
    for (;;) {
      const head = await this.#turn();
      if (head === undefined) return undefined;
      // the answer to the commit was lost
      if (tried !== undefined && isSame(head.lastBatch, tried)) return this.#done(tried);
      if (head.lastBatch !== undefined && head.seq > this.#appended) await this.#append(head.lastBatch);
      const seq = head.seq + 1;
      if (objects === undefined || tried?.seq !== seq)
        objects = await writeBatch({ ...this.#options, drift: NO_DRIFT, seq }, batch);
      tried = log.entry(seq, batch, objects);
      const open = handedOver(head.position === undefined ? undefined : JSON.parse(head.position), batch.position);
      try {
        await store.commitTurn(head, tried, open === undefined ? undefined : JSON.stringify(open));
        return await this.#done(tried);
      } catch (error) {
        if (!(error instanceof LeaseHeldError)) throw error;
      }
    }
  }

  /** Waits for a turn. @returns undefined if time is up before */
  async #turn(): Promise<Head | undefined> {
    const { store, run, timeIsUp, effects } = this.#options;
    for (;;) {
      try {
        return await store.takeTurn(run);
      } catch (error) {
        if (!(error instanceof LeaseHeldError)) throw error;
      }
      if (timeIsUp()) return undefined;
      await effects.sleep(PAUSE * (0.5 + effects.random()));
    }
  }

  async #done(batch: LedgerBatch): Promise<LedgerBatch> {
    this.#options.log.next();
    await this.#append(batch);
    return batch;
  }

  async #append(batch: LedgerBatch): Promise<void> {
    await this.#options.ledger.append(this.#options.endpoint.name, batch);
    this.#appended = batch.seq;
  }
}

const isSame = (a: LedgerBatch | undefined, b: LedgerBatch) =>
  a?.seq === b.seq && a.run === b.run && a.committedAt === b.committedAt;
