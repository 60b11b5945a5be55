import { parseTimestamp } from '../../catalog/timestamp.ts';
import type { Checkpoint } from './checkpoint.ts';

/** How far an endpoint is behind its platform, as a run sees it; times in milliseconds since the epoch. */
export class Freshness {
  /** Start of the last run that read all available records; null before the first such run. */
  #caughtUpAt: number | null;
  #cursor: number | null;
  #committedAt: number | null;

  constructor({ lastRun, cursor, lastEntry }: Pick<Checkpoint, 'lastRun' | 'cursor' | 'lastEntry'>) {
    this.#caughtUpAt = parseTimestamp(lastRun?.caughtUpAt);
    this.#cursor = parseTimestamp(cursor);
    this.#committedAt = parseTimestamp(lastEntry?.committedAt);
  }

  get caughtUpAt(): number | null {
    return this.#caughtUpAt;
  }

  committed(at: number, cursor: string | null): void {
    this.#committedAt = at;
    this.#cursor = parseTimestamp(cursor) ?? this.#cursor;
  }

  /** The run that began at this time has read everything. */
  caughtUp(since: number, cursor: string | null): void {
    this.#caughtUpAt = since;
    this.#cursor = parseTimestamp(cursor) ?? this.#cursor;
  }

  /**
   * Seconds since the endpoint was caught up. If it fell behind, the lag falls as its cursor advances. The first catch-up reads
   * months of history: until it ends, these are the seconds since its last commit.
   * @returns null before anything was read
   */
  lagSeconds(now: number): number | null {
    if (this.#caughtUpAt === null) return secondsSince(this.#committedAt, now);
    return secondsSince(Math.max(this.#caughtUpAt, this.#cursor ?? 0), now);
  }

  /** Seconds from the cursor to now; null without a cursor. */
  cursorAgeSeconds(now: number): number | null {
    return secondsSince(this.#cursor, now);
  }
}

// the clocks of platform and function differ: a time in the future counts as now
const secondsSince = (time: number | null, now: number) =>
  time === null ? null : Math.max(0, Math.round((now - time) / 1000));
