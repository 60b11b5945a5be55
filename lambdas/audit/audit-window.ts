import { utcDate } from '../../catalog/timestamp.ts';

/** Cursor times from a start to an end, both included, milliseconds. */
export interface AuditWindow {
  readonly from: number;
  readonly until: number;
}

const DAY = 86_400_000;

/** Divides a window at the UTC midnights inside it. Returns nothing for a window that ends before it starts. */
export function splitDays({ from, until }: AuditWindow): AuditWindow[] {
  const days: AuditWindow[] = [];
  for (let start = from; start <= until; ) {
    const next = (Math.floor(start / DAY) + 1) * DAY;
    days.push({ from: start, until: Math.min(until, next - 1) });
    start = next;
  }
  return days;
}

/** Halves a window. Returns undefined for a window of one millisecond. */
export function halveWindow({ from, until }: AuditWindow): [AuditWindow, AuditWindow] | undefined {
  if (from >= until) return undefined;
  const middle = from + Math.floor((until - from) / 2);
  return [
    { from, until: middle },
    { from: middle + 1, until },
  ];
}

/** A part of a window, and whether it must be compared by ids. */
export interface WindowPart extends AuditWindow {
  readonly isDoubtful: boolean;
}

/** Cuts a window into the parts inside and outside of doubtful ranges. */
export function cutAtDoubts({ from, until }: AuditWindow, doubts: readonly AuditWindow[]): WindowPart[] {
  const parts: WindowPart[] = [];
  let start = from;
  for (const doubt of mergeWindows(doubts)) {
    const inside = { from: Math.max(start, doubt.from), until: Math.min(until, doubt.until) };
    if (inside.from > inside.until) continue;
    if (start < inside.from) parts.push({ from: start, until: inside.from - 1, isDoubtful: false });
    parts.push({ ...inside, isDoubtful: true });
    start = inside.until + 1;
  }
  if (start <= until) parts.push({ from: start, until, isDoubtful: false });
  return parts;
}

/** Merges windows that overlap or touch, in order of time. */
export function mergeWindows(windows: readonly AuditWindow[]): AuditWindow[] {
  const merged: { from: number; until: number }[] = [];
  for (const { from, until } of windows.toSorted((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last !== undefined && from <= last.until + 1) last.until = Math.max(last.until, until);
    else merged.push({ from, until });
  }
  return merged;
}

/** The day of a time, as far as it is over. */
export const createToday = (now: number): AuditWindow => ({ from: Math.floor(now / DAY) * DAY, until: now });

/** UTC date of a window that lies within one day. */
export const dayOfWindow = ({ from }: AuditWindow): string => utcDate(from);

/** UTC dates of a window. */
export const listDates = (window: AuditWindow): string[] => splitDays(window).map(dayOfWindow);

/** The part of a range that is not before the start of the history. */
export const limitToHistory = ({ from, until }: AuditWindow, historyStart: number): AuditWindow => ({
  from: Math.max(from, historyStart),
  until,
});
