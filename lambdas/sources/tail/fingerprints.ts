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

interface Seen {
  readonly time: number;
  readonly digest: string;
}

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
   * @param id the record's identifier; a record without one counts as unique
   */
  static keyOf(id: unknown, digest: string): string {
    return toRecordKey(id) ?? digest;
  }

  get size(): number {
    return this.#seen.size;
  }

  /** True if this is the last accepted content of the record. */
  has(key: string, digest: string): boolean {
    return this.#seen.get(key)?.digest === digest;
  }

  add(key: string, digest: string, time: number): void {
    this.#seen.set(key, { time: Math.floor(time), digest });
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
      .map(([key, { time, digest }]) => {
        const after = time - before;
        before = time;
        return `${digest}${key}:${after.toString(36)}`;
      })
      .join(' ');
  }
}
