/** Milliseconds since the epoch of an ISO 8601 text, or null if it is not one. */
export function parseTime(value: unknown): number | null {
  if (typeof value !== 'string') return null;
  const time = Date.parse(value);
  return Number.isNaN(time) ? null : time;
}

export const isoTime = (milliseconds: number): string => new Date(milliseconds).toISOString();

/** UTC date of a time. */
export const utcDate = (milliseconds: number): string => isoTime(milliseconds).slice(0, 10);
