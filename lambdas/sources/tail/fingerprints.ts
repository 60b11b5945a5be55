import { hash } from 'node:crypto';
import { toRecordKey } from './record-key.ts';

const DIGEST_LENGTH = 8;

/** Characters of the oldest entry's time, which is counted from 1970. */
const MAX_TIME_LENGTH = 11;

/**
 * 48 bits of the record's content: two equal digests mean that nothing changed. A digest is only compared with that of the last
 * content of the same record: less than one in 10^14 changes goes unnoticed.
 */
export const computeFingerprint = (json: string): string => hash('sha1', json, 'base64url').slice(0, DIGEST_LENGTH);

/** What is known of a record: its last content, as digest or as text. */
type Seen = { readonly time: number } & (
  | { readonly digest: string; readonly json?: never }
  | { readonly json: string; readonly digest?: never }
);

const digestOf = ({ digest, json }: Seen): string => digest ?? computeFingerprint(json);

/**
 * The last accepted content of each record, with its cursor time, as text that fits into the cursor item. Only the last content
 * is kept: a record can return to earlier content.
 *
 *     V_NsUYT_356:mw1c8288 2YKoiH2B357:9k6        digest, id, ":", milliseconds since the entry before
 */
export class Fingerprints {
  readonly #seen: Map<string, Seen>;

  private constructor(seen: Map<string, Seen>) {
    this.#seen = seen;
  }

  static parse(text: string): Fingerprints {
    const seen = new Map<string, Seen>();
    let time = 0;
    for (const entry of text.split(' ')) {
      const [name = '', after = ''] = entry.split(':');
      if (name === '') continue;
      time += Number.parseInt(after, 36);
      seen.set(name.slice(DIGEST_LENGTH), { time, digest: name.slice(0, DIGEST_LENGTH) });
    }
    return new Fingerprints(seen);
  }

  /**
   * The key of a record in the set.
   * @param id the record's identifier; a record without one is identified by its content
   */
  static keyOf(id: unknown, json: string): string {
    return toRecordKey(id) ?? computeFingerprint(json);
  }

  get size(): number {
    return this.#seen.size;
  }

  /** True if this is the last accepted content of the record. */
  has(key: string, json: string): boolean {
    const seen = this.#seen.get(key);
    return seen !== undefined && digestOf(seen) === computeFingerprint(json);
  }

  /**
   * Adds the content of a record. Its text is kept until {@link serialise}, because most records of a catch-up are removed before that.
   * So only what is taken into a batch, which keeps the text anyway, should be added.
   */
  add(key: string, json: string, time: number): void {
    this.#seen.set(key, { json, time: Math.floor(time) });
  }

  /** Changes the time of a record whose content is known. */
  move(key: string, time: number): void {
    const seen = this.#seen.get(key);
    if (seen !== undefined) this.#seen.set(key, { ...seen, time: Math.floor(time) });
  }

  /**
   * Removes the records before a time.
   * @param isKept whether a record of that time is kept nevertheless
   */
  removeBefore(time: number, isKept: (time: number) => boolean): void {
    for (const [key, seen] of this.#seen) if (seen.time < time && !isKept(seen.time)) this.#seen.delete(key);
  }

  /** Serialises the newest records that fit into a number of characters, oldest first. */
  serialise(characters: number): string {
    for (const [key, seen] of this.#seen)
      if (seen.json !== undefined) this.#seen.set(key, { digest: digestOf(seen), time: seen.time });
    const sorted = [...this.#seen].sort(([a, x], [b, y]) => x.time - y.time || (a < b ? -1 : 1));
    let first = sorted.length;
    // digest, key, colon, space, and the time since the entry before
    for (let left = characters - MAX_TIME_LENGTH; first > 0; first--) {
      const [key, { time }] = sorted[first - 1] ?? ['', { time: 0 }];
      const after = time - (sorted[first - 2]?.[1].time ?? time);
      left -= DIGEST_LENGTH + key.length + 2 + after.toString(36).length;
      if (left < 0) break;
    }
    let before = 0;
    return sorted
      .slice(first)
      .map(([key, seen]) => {
        const after = seen.time - before;
        before = seen.time;
        return `${digestOf(seen)}${key}:${after.toString(36)}`;
      })
      .join(' ');
  }
}
