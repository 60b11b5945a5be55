import { MAX_ANSWER_BYTES } from '../../../lambdas/platform/answer-body.ts';
import { AnswerQuirks, type ListRequest, type QuirkyAnswer } from '../../../simulator/answer-quirks.ts';
import { hasDeletedPlaces, layOutPlaces } from '../../../simulator/page-places.ts';
import type { QuirkName, Quirks } from '../../../simulator/quirks.ts';
import { alterRecord, writeRecord } from '../../../simulator/record-quirks.ts';
import type { Json, Row } from './chaos-collection.ts';

/** Ids of records that were not there at the start. */
const FIRST_NEW_ID = 100_000;

/** Share of the new records that a platform with such a quirk cannot deliver. */
const NEW_SPOILED = 0.02;

/** Bytes of records with `huge-records`: of the others, of the huge ones, and of one that no answer has room for. */
const BYTES = { usual: 5_000, huge: 1_300_000, oversized: 11_000_000 };

/** Whether a record cannot be delivered, and for how long. */
type Spoiling = 'for good' | 'for some time' | undefined;

/** The quirks of one platform: most stay, those that are faults end with `recover`. */
export class PlatformQuirks {
  readonly quirks: Quirks;
  readonly #answers: AnswerQuirks;
  #hasRecovered = false;

  constructor(quirks: Quirks) {
    this.quirks = quirks;
    this.#answers = new AnswerQuirks(quirks);
  }

  get hasAny(): boolean {
    return this.quirks.names.size > 0;
  }

  has(name: QuirkName): boolean {
    return this.quirks.has(name);
  }

  /** From now on answers are no longer wrong from time to time, and some records can be delivered again. */
  recover(): void {
    this.#hasRecovered = true;
  }

  /** The record as the platform shows it. */
  show(record: Json, isTail: boolean): Json {
    return { ...alterRecord(this.quirks, record, isTail) };
  }

  /** What the platform writes for a record that it shows. */
  write(shown: Json): string {
    return writeRecord(this.quirks, shown);
  }

  /** Whether a record can never be read: it cannot be delivered, or its timestamps are none. @param first records at the start */
  isSpoiled(id: number, { first, isTail }: { readonly first: number; readonly isTail: boolean }): boolean {
    return (isTail && this.quirks.isWithoutZone(id)) || this.isUndeliverable(id, first);
  }

  /** Whether no answer can have a record. */
  isUndeliverable(id: number, first: number): boolean {
    if (this.#findSpoiling('poison-record', id, first) || this.#findSpoiling('broken-json', id, first)) return true;
    return this.#countBytes(id, first) > MAX_ANSWER_BYTES;
  }

  /** The places of a range: of its rows, and of deleted ones that still have theirs. */
  layOut(range: readonly Row[], first: number): (Row | null)[] {
    if (!hasDeletedPlaces(this.quirks)) return [...range];
    const ids = range.map(({ id }) => id);
    const anchor = 1 + Math.floor(this.quirks.draw('empty-pages', 0) * first);
    return layOutPlaces(this.quirks, ids, anchor).map((rank) => (rank === null ? null : (range[rank] ?? null)));
  }

  /** The answer with a page of a list. @returns `oversized` if it has more bytes than can be read */
  list(answer: QuirkyAnswer, request: ListRequest, first: number): QuirkyAnswer | 'oversized' {
    const bytes = request.ids.reduce((sum, id) => sum + this.#countBytes(id, first), 0);
    const isPoison = (id: number) => this.#findSpoiling('poison-record', id, first) !== undefined;
    const isBroken = (id: number) => this.#findSpoiling('broken-json', id, first) !== undefined;
    const altered = this.#answers.list(answer, request, { isPoison, isBroken });
    return altered.status === 200 && bytes > MAX_ANSWER_BYTES ? 'oversized' : altered;
  }

  /** Any answer: wrong from time to time until the platform recovers. */
  any(answer: QuirkyAnswer, now: number): QuirkyAnswer {
    return this.#hasRecovered ? answer : this.#answers.any(answer, now);
  }

  #findSpoiling(name: 'poison-record' | 'broken-json', id: number, first: number): Spoiling {
    if (!this.has(name)) return undefined;
    const drawn = (salt: number) => 1 + Math.floor(this.quirks.draw(name, salt) * first);
    if (id >= FIRST_NEW_ID) return this.quirks.draw(name, id) < NEW_SPOILED ? 'for good' : undefined;
    if (id === drawn(0)) return 'for good';
    return id === drawn(-1) && !this.#hasRecovered ? 'for some time' : undefined;
  }

  #countBytes(id: number, first: number): number {
    if (!this.has('huge-records')) return 0;
    if (id === 1 + Math.floor(this.quirks.draw('huge-records', 0) * first)) return BYTES.oversized;
    return this.quirks.draw('huge-records', id) < 0.15 ? BYTES.huge : BYTES.usual;
  }
}
