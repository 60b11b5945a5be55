/** Records that were open when last seen: their ids with the time they are found at, as text that fits into the cursor item. */
export class OpenRecords {
  readonly #times: Map<number, number>;

  private constructor(times: Map<number, number>) {
    this.#times = times;
  }

  static parse(text: string): OpenRecords {
    const entries = text.split(' ').filter((entry) => entry !== '');
    return new OpenRecords(
      new Map(
        entries.map((entry) => {
          const [id = '', time = ''] = entry.split(':');
          return [Number.parseInt(id, 36), Number.parseInt(time, 36)];
        }),
      ),
    );
  }

  has(id: unknown): boolean {
    return typeof id === 'number' && this.#times.has(id);
  }

  add(id: unknown, time: number): void {
    if (typeof id === 'number') this.#times.set(id, time);
  }

  remove(id: unknown): void {
    if (typeof id === 'number') this.#times.delete(id);
  }

  /** Forgets the entries whose time lies in [from, to). */
  removeBetween(from: number, to: number): void {
    for (const [id, time] of this.#times) if (time >= from && time < to) this.#times.delete(id);
  }

  get isEmpty(): boolean {
    return this.#times.size === 0;
  }

  /** Times in ascending order. */
  times(): number[] {
    return [...this.#times.values()].sort((a, b) => a - b);
  }

  /** The entries of both. */
  serialise(other: OpenRecords): string {
    const merged = [...new Map([...this.#times, ...other.#times])].sort(([, a], [, b]) => a - b);
    return merged.map(([id, time]) => `${id.toString(36)}:${time.toString(36)}`).join(' ');
  }
}
