import { isoTime, parseEventTime, readTimestamp, utcDate } from '../../../catalog/timestamp.ts';
import { isObject, type ParsedJson } from '../../common/json.ts';
import type { RawRecord } from '../../lake/lake-records.ts';
import type { FoundUnreadable, ReadRange, UnreadableRecord } from '../../ledger/unreadable-records.ts';
import { BatchBuilder } from '../batch-builder.ts';
import type { SourceBatch } from '../source.ts';
import { Fingerprints } from './fingerprints.ts';
import { MAX_OPEN_RECORDS, OpenRecords } from './open-records.ts';
import type { TailOptions } from './tail-options.ts';
import type { TailPosition } from './tail-position.ts';
import type { WalkedPage } from './walk.ts';

/** A row of a page. */
interface Met {
  readonly row: ParsedJson;
  readonly place: string;
  /** Platform time of the page. */
  readonly extractedAt: string;
  /** True if its content is known. */
  readonly isKnown: boolean;
}

/** What one run of a tail has read so far. */
export class TailRun {
  readonly builder = new BatchBuilder();
  readonly position: TailPosition;
  /** Platform time of the first answer. When the run is done, it has read everything before that time. */
  startedAt: number | undefined;
  readonly #options: TailOptions;
  readonly #stillOpen = OpenRecords.parse('');
  #cursor: number | null;

  constructor(options: TailOptions, position: TailPosition) {
    this.#options = options;
    this.position = position;
    this.#cursor = position.cursor;
  }

  /** Accepts the new rows of a page of a walk and moves the cursor. */
  takeNew({ rows, place, answeredAt: now, watermark, unreadable }: WalkedPage, walk: ReadRange): void {
    this.startedAt ??= now;
    this.builder.requeue(this.position.takeClosed(now));
    this.#note(unreadable, now, walk);
    const { taken } = this.position;
    const extractedAt = isoTime(now);
    for (const [index, row] of rows.entries()) {
      const { value, json } = row;
      const key = Fingerprints.keyOf(isObject(value) ? value.id : undefined, json);
      const isKnown = taken.has(key, json);
      const time = this.#take({ row, place: `${place} row ${index + 1}`, extractedAt, isKnown }) ?? now;
      if (isKnown) taken.move(key, time);
      else taken.add(key, json, time);
    }
    if (watermark === null) return;
    const settled = Math.min(watermark, now - this.#options.settle);
    this.#cursor = Math.max(this.#cursor ?? Number.NEGATIVE_INFINITY, settled);
  }

  /** Accepts the rows of a page of a walk that were open when last read and are closed now. */
  takeClosed({ rows, place, answeredAt, unreadable }: WalkedPage, walk: ReadRange): void {
    this.#note(unreadable, answeredAt, walk);
    const extractedAt = isoTime(answeredAt);
    for (const [index, row] of rows.entries()) {
      const { record } = this.#options.validator.check(row);
      if (record === undefined || !this.position.open.has(record.id)) continue;
      const isKnown = this.#isOpen(record);
      this.#take({ row, place: `${place} row ${index + 1}`, extractedAt, isKnown });
      // reading a timestamp of several pages backwards finds it again
      if (!this.#isOpen(record)) this.position.open.remove(record.id);
    }
  }

  /** Removes unreadable records from a time on that were not found again: everything there has been read. */
  forgetUnreadableFrom(from: number): void {
    const { client } = this.#options;
    this.builder.requeue(this.position.unreadable.clearFrom(from, client.clock.now()));
  }

  /** Counts an attempt to read an unreadable record that came to no end. */
  postpone({ from, until, place }: UnreadableRecord, reason: string): void {
    const range = { from: readTimestamp(from), until: readTimestamp(until) };
    this.#note([{ ...range, place, reason }], this.#options.client.clock.now(), range);
  }

  /** Removes an unreadable record that could be read. */
  forgetUnreadable(record: UnreadableRecord): void {
    const { client } = this.#options;
    this.builder.requeue(this.position.unreadable.clear(record, client.clock.now()));
  }

  /** Warns if more records are open than are watched. */
  warnOfOpen(): void {
    const open = this.position.open.size + this.#stillOpen.size;
    if (open <= MAX_OPEN_RECORDS) return;
    const { endpoint, warn } = this.#options;
    warn(
      `${endpoint.name}: about ${open} records are open, ${MAX_OPEN_RECORDS} are watched: the oldest stay open in the lake until a backfill reads them again`,
    );
  }

  close(): SourceBatch {
    const { position, cursor } = this.end();
    return this.builder.close(isoTime(this.#options.client.clock.now()), position, cursor);
  }

  end() {
    const cursor = this.#cursor;
    const keepFrom = cursor === null ? Number.NEGATIVE_INFINITY : cursor - this.#options.lookBack;
    return {
      position: this.position.next(cursor, keepFrom, this.#stillOpen),
      cursor: cursor === null ? null : isoTime(cursor),
    };
  }

  /** @returns the row's cursor time, or null if it has none */
  #take({ row, place, extractedAt, isKnown }: Met): number | null {
    const { source, validator } = this.#options;
    const { json } = row;
    const { record, reason } = validator.check(row);
    const eventTime = parseEventTime(record?.[source.eventTime]);
    const cursor = parseEventTime(record?.[source.cursor]) ?? eventTime;
    const dated = eventTime ?? cursor;
    if (record !== undefined && cursor !== null) {
      if (this.#isOpen(record)) this.#stillOpen.add(record.id, cursor);
      else this.#stillOpen.remove(record.id);
    }
    if (isKnown) return cursor;
    if (record !== undefined && dated !== null)
      this.builder.take({ record, json, dt: utcDate(dated), extractedAt }, cursor);
    else
      this.builder.reject({
        json,
        reason: reason ?? `${source.eventTime}, ${source.cursor}: both missing`,
        place,
        extractedAt,
      });
    return cursor;
  }

  #note(found: readonly FoundUnreadable[], now: number, walk: ReadRange): void {
    for (const each of found) {
      this.#options.warn(`${each.place} cannot be read: ${each.reason}; it is stepped over and tried again later`);
      const { rejected, requeued, tried } = this.position.unreadable.note(each, now, walk);
      if (rejected !== undefined) this.builder.reject(rejected);
      this.builder.requeue(requeued);
      if (tried !== undefined) this.builder.retry(tried);
    }
  }

  #isOpen(record: RawRecord): boolean {
    const { openUntil } = this.#options.source;
    return openUntil !== undefined && (record[openUntil] ?? null) === null;
  }
}
