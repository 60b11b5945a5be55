import { parseTimestamp } from '../../catalog/timestamp.ts';
import type { Checkpoint } from './checkpoint.ts';

/** How far an endpoint is behind its platform, as a run sees it; times in milliseconds since the epoch. */
export class Freshness {
  /** Start of the last run that read everything there was; null before the first one. */
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
   * Seconds since the endpoint was caught up. One that fell behind comes nearer with its cursor. The first catch-up has months
   * to go: while it lasts these are the seconds since its last commit.
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

// platform and function have clocks of their own: what lies in the future is now
const secondsSince = (time: number | null, now: number) =>
  time === null ? null : Math.max(0, Math.round((now - time) / 1000));
