import type { PortalReport } from '../../catalog/portal-report.ts';
import { UsageError } from '../terminal/failure.ts';
import type { MatchedColumn } from './column-match.ts';
import type { PortalCsv } from './portal-csv.ts';
import { findReadingRules, readTime } from './portal-rows.ts';
import { toDay } from './portal-times.ts';
import type { Days } from './row-reasons.ts';

/**
 * Chooses the days of a reconciliation: those that are given, else the first and the last in the export.
 * @throws UsageError if the export has no days and none are given, or if the period ends before it begins
 */
export function choosePeriod(
  file: string,
  { title }: PortalReport,
  csv: PortalCsv,
  matched: readonly MatchedColumn[],
  given: { readonly zone: string; readonly from?: string; readonly to?: string },
): Days {
  const days = listDays(csv, matched, given.zone);
  const from = given.from ?? days[0];
  const to = given.to ?? days.at(-1);
  if (from === undefined || to === undefined)
    throw new UsageError(
      `the rows of ${file} have no days, so say which days of ${title} they are: --from 2026-11-01 --to 2026-11-30`,
    );
  if (from > to) throw new UsageError(`the period ends before it begins: first day ${from}, last day ${to}`);
  return { from, to };
}

function listDays(csv: PortalCsv, matched: readonly MatchedColumn[], zone: string): string[] {
  const column = matched.find(({ name }) => name === 'date' || name === 'started_at');
  if (column === undefined) return [];
  const rules = findReadingRules(csv, matched, zone);
  return csv.rows
    .flatMap((row) => {
      const time = readTime(column.name, column.column.kind, row[column.place], rules);
      return time === null ? [] : [toDay(time.clock)];
    })
    .toSorted();
}
