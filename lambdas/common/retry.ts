/** Longest pause between two attempts in milliseconds. */
const MAX_PAUSE = 20_000;

/** Full jitter: a random pause up to an exponentially growing bound, in milliseconds. */
export function computeJitter(attempt: number, random: () => number): number {
  return random() * Math.min(MAX_PAUSE, 500 * 2 ** attempt);
}

/** No wait asked for by the platform is taken for longer than this, milliseconds: it says 429 again if it means it. */
const MAX_WAIT = 15 * 60_000;

/**
 * `Retry-After` in milliseconds, from seconds or an HTTP date; null if absent or unreadable.
 * @param now the clock of the platform, which wrote the date
 */
export function parseRetryAfter(header: string | null, now: number): number | null {
  if (header === null) return null;
  if (/^\s*\d+(\.\d+)?\s*$/.test(header)) return Math.min(MAX_WAIT, Number(header) * 1000);
  const date = Date.parse(header);
  return Number.isNaN(date) ? null : Math.min(MAX_WAIT, Math.max(0, date - now));
}
