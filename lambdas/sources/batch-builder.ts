import { isoTime } from '../../catalog/timestamp.ts';
import type { Rejected, Requeued, Taken, Tried } from '../lake/lake-records.ts';
import { BATCH_CHARACTERS, BATCH_RECORDS, type SourceBatch } from './source.ts';

/** Collects records until a batch is full. */
export class BatchBuilder {
  #taken: Taken[] = [];
  #rejected: Rejected[] = [];
  #requeued: Requeued[] = [];
  #tried: Tried[] = [];
  #characters = 0;
  #from = Number.POSITIVE_INFINITY;
  #to = Number.NEGATIVE_INFINITY;

  get isEmpty(): boolean {
    return [this.#taken, this.#rejected, this.#requeued, this.#tried].every(({ length }) => length === 0);
  }

  get isFull(): boolean {
    return this.#taken.length + this.#rejected.length >= BATCH_RECORDS || this.#characters >= BATCH_CHARACTERS;
  }

  /** @param time cursor time in milliseconds, null if the record has none */
  take(taken: Taken, time: number | null): void {
    this.#taken.push(taken);
    this.#characters += taken.json.length;
    if (time === null) return;
    this.#from = Math.min(this.#from, time);
    this.#to = Math.max(this.#to, time);
  }

  reject(rejected: Rejected): void {
    this.#rejected.push(rejected);
    this.#characters += rejected.json.length;
  }

  /** Entries of the quarantine that no longer belong there. */
  requeue(requeued: readonly Requeued[]): void {
    this.#requeued.push(...requeued);
  }

  /** An entry of the quarantine that was retried without success. */
  retry(tried: Tried): void {
    this.#tried.push(tried);
  }

  /** Closes the batch and starts the next one. */
  close(extractedAt: string, position: unknown, cursor: string | null): SourceBatch {
    const hasRange = this.#from <= this.#to;
    const batch: SourceBatch = {
      taken: this.#taken,
      rejected: this.#rejected,
      ...(this.#requeued.length > 0 && { requeued: this.#requeued }),
      ...(this.#tried.length > 0 && { tried: this.#tried }),
      extractedAt,
      position,
      cursor,
      from: hasRange ? isoTime(this.#from) : null,
      to: hasRange ? isoTime(this.#to) : null,
    };
    this.#taken = [];
    this.#rejected = [];
    this.#requeued = [];
    this.#tried = [];
    this.#characters = 0;
    this.#from = Number.POSITIVE_INFINITY;
    this.#to = Number.NEGATIVE_INFINITY;
    return batch;
  }
}
