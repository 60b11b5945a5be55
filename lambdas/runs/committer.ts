import type { Endpoint } from '../../catalog/index.ts';
import type { Effects } from '../common/effects.ts';
import type { DriftJournal } from '../drift/drift-journal.ts';
import type { Lake } from '../lake/lake.ts';
import type { Head, HeadStore } from '../ledger/checkpoint.ts';
import type { Lease } from '../ledger/lease.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { LedgerBatch } from '../ledger/ledger-entry.ts';
import type { MetricsWriter } from '../metrics/metrics-writer.ts';
import type { SourceBatch } from '../sources/source.ts';
import type { BatchLog } from './batch-log.ts';
import { writeBatch } from './write-batch.ts';

interface CommitterOptions {
  readonly endpoint: Endpoint;
  readonly tenant: string;
  readonly run: string;
  readonly lake: Lake;
  readonly metrics: MetricsWriter;
  readonly ledger: Ledger;
  readonly store: HeadStore;
  readonly lease: Lease;
  readonly drift: DriftJournal;
  readonly log: BatchLog;
  readonly effects: Pick<Effects, 'breathe'>;
}

/**
 * Makes batches count, one after the other: objects and metrics first, then the commit in the head, then the ledger item.
 * A crash before the commit leaves objects that the next run writes again; a crash after it leaves a ledger item that
 * the next run appends.
 */
export class Committer {
  readonly #options: CommitterOptions;
  #seq: number;
  #appended: number;

  constructor(options: CommitterOptions, head: Head) {
    this.#options = options;
    this.#seq = head.seq;
    this.#appended = head.appended;
  }

  /** Number of the last batch whose ledger item is written. */
  get appended(): number {
    return this.#appended;
  }

  /** Appends the ledger item that a crash may have kept back. */
  async recover({ seq, appended, lastBatch }: Head): Promise<void> {
    if (appended >= seq || lastBatch === undefined) return;
    await this.#append(lastBatch);
  }

  /** @throws LeaseHeldError if another run took over; then nothing of the batch counts */
  async commit(batch: SourceBatch): Promise<LedgerBatch> {
    const { store, lease, drift, log } = this.#options;
    const seq = this.#seq + 1;
    const objects = await writeBatch({ ...this.#options, seq }, batch);
    const committed = log.entry(seq, batch, objects);
    await store.commit(lease.fence, committed, JSON.stringify(batch.position), batch.cursor);
    lease.renewed();
    this.#seq = seq;
    log.next();
    await this.#append(committed);
    await drift.remember(seq);
    return committed;
  }

  async #append(batch: LedgerBatch): Promise<void> {
    await this.#options.ledger.append(this.#options.endpoint.name, batch);
    this.#appended = batch.seq;
  }
}
