import { hash } from 'node:crypto';

/** 66 bits of the record's content: a record read again is the same exactly if nothing in it changed. */
export const fingerprint = (json: string): string => hash('sha1', json, 'base64url').slice(0, 11);

interface Seen {
  readonly time: number;
  readonly digest: string;
}

/**
 * The last content taken of each record, with its cursor time, as text that fits into the cursor item. The last, not all:
 * a record can come back to a content it had before.
 */
export class Fingerprints {
  readonly #seen: Map<string, Seen>;

  private constructor(seen: Map<string, Seen>) {
    this.#seen = seen;
  }

  static parse(text: string): Fingerprints {
    const entries = text.split(' ').filter((entry) => entry !== '');
    return new Fingerprints(
      new Map(
        entries.map((entry) => {
          const [key = '', time = '', digest = ''] = entry.split(':');
          return [key, { time: Number.parseInt(time, 36), digest }];
        }),
      ),
    );
  }

  /**
   * The key of a record in the set.
   * @param id the record's identifier; what has none stands for itself
   */
  static keyOf(id: unknown, digest: string): string {
    return typeof id === 'number' ? id.toString(36) : digest;
  }

  get size(): number {
    return this.#seen.size;
  }

  /** True if this is the content that was last taken of the record. */
  has(key: string, digest: string): boolean {
    return this.#seen.get(key)?.digest === digest;
  }

  add(key: string, digest: string, time: number): void {
    this.#seen.set(key, { time, digest });
  }

  /** Forgets the records before a time. */
  removeBefore(time: number): void {
    for (const [key, seen] of this.#seen) if (seen.time < time) this.#seen.delete(key);
  }

  /** The newest records, at most `limit`, oldest first. */
  serialise(limit: number): string {
    const entries = [...this.#seen].sort(([a, x], [b, y]) => x.time - y.time || (a < b ? -1 : 1)).slice(-limit);
    return entries.map(([key, { time, digest }]) => `${key}:${time.toString(36)}:${digest}`).join(' ');
  }
}
