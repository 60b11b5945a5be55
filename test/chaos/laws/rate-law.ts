import { findRateBreach } from '../../support/rate-promise.ts';
import type { RequestLog } from '../platform/request-log.ts';
import type { Report } from './violation.ts';

/** What docs/reliability.md promises of the rate holds in every second of true time. */
export function checkRate(log: RequestLog, rate: number, report: Report): void {
  const breach = findRateBreach(log.all, rate);
  if (breach !== undefined) report('rate', new Date(breach.at).toISOString(), breach.message);
}
