import type { RequestLog } from '../platform/request-log.ts';
import type { Report } from './violation.ts';

const SECOND = 1000;

/** Requests beyond the ceiling that clocks may cause. */
const TOLERANCE = 1;

/**
 * No second of true time holds more requests than the ceiling, plus one. Requests that a function had the right to send
 * earlier but was frozen at that moment do not count.
 */
export function checkRate(log: RequestLog, ceiling: number, report: Report): void {
  const times = log.all.filter(({ late }) => !late).map(({ time }) => time);
  let worst = 0;
  let worstAt = 0;
  for (let first = 0, end = 0; first < times.length; first++) {
    const from = times[first] ?? 0;
    while ((times[end] ?? Number.POSITIVE_INFINITY) < from + SECOND) end += 1;
    if (end - first <= worst) continue;
    worst = end - first;
    worstAt = from;
  }
  if (worst <= ceiling + TOLERANCE) return;
  const offsets = times.filter((time) => time >= worstAt && time < worstAt + SECOND).map((time) => time - worstAt);
  report(
    'rate',
    new Date(worstAt).toISOString(),
    `${worst} requests within a second, the ceiling is ${ceiling}: at ${offsets.join(' ')} ms`,
  );
}
