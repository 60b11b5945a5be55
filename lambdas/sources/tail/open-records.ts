import { toRecordKey } from './record-key.ts';

/** Maximum number of open records that are watched. They must fit into the checkpoint, an item of 400 kB. The oldest are dropped first. */
export const MAX_OPEN_RECORDS = 8_000;

/** Records that were open when last read: their keys and cursor times, as text that fits into the checkpoint. */
export class OpenRecords {
  readonly #times: Map<string, number>;

  private constructor(times: Map<string, number>) {
    this.#times = times;
  }

  static parse(text: string): OpenRecords {
    const entries = text.split(' ').filter((entry) => entry !== '');
    return new OpenRecords(
      new Map(
        entries.map((entry) => {
          const [key = '', time = ''] = entry.split(':');
          return [key, Number.parseInt(time, 36)];
        }),
      ),
    );
  }

  has(id: unknown): boolean {
    const key = toRecordKey(id);
    return key !== undefined && this.#times.has(key);
  }

  add(id: unknown, time: number): void {
    const key = toRecordKey(id);
    if (key !== undefined) this.#times.set(key, time);
  }

  remove(id: unknown): void {
    const key = toRecordKey(id);
    if (key !== undefined) this.#times.delete(key);
  }

  /** Removes the entries with a time in [from, to). */
  removeBetween(from: number, to: number): void {
    for (const [key, time] of this.#times) if (time >= from && time < to) this.#times.delete(key);
  }

  get isEmpty(): boolean {
    return this.#times.size === 0;
  }

  get size(): number {
    return this.#times.size;
  }

  /** Times in ascending order. */
  times(): number[] {
    return [...this.#times.values()].sort((a, b) => a - b);
  }

  /** Merges the entries of both, and keeps the newest that fit. */
  serialise(other: OpenRecords): string {
    const merged = [...new Map([...this.#times, ...other.#times])].sort(([, a], [, b]) => a - b);
    return merged
      .slice(-MAX_OPEN_RECORDS)
      .map(([key, time]) => `${key}:${time.toString(36)}`)
      .join(' ');
  }
}
