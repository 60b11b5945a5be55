import type { PortalKind } from '../../catalog/portal-columns.ts';
import type { JsonValue } from '../../local/warehouse/json-values.ts';
import type { MatchedColumn } from './column-match.ts';
import type { PortalCsv } from './portal-csv.ts';
import { type ClockTime, type DayOrder, findDayOrder, parseClockTime } from './portal-times.ts';

/** A row of our query. */
export type HereRow = Readonly<Record<string, JsonValue>>;

/** A row of the export. */
export interface ThereRow {
  /** Number of the row in the file; the header is 1. */
  readonly line: number;
  /** Texts by the names of our columns. */
  readonly texts: ReadonlyMap<string, string | null>;
}

/** What is needed to understand the values of an export. */
export interface ReadingRules {
  readonly zone: string;
  readonly hasDecimalComma: boolean;
  /** By column: whether the day or the month comes first. */
  readonly orders: ReadonlyMap<string, DayOrder>;
}

const TIMES: ReadonlySet<PortalKind> = new Set(['time', 'utc', 'day']);

/** Names the cells of an export by our columns. */
export function nameRows({ rows }: PortalCsv, matched: readonly MatchedColumn[]): ThereRow[] {
  return rows.map((row, index) => ({
    line: index + 2,
    texts: new Map(matched.map(({ name, place }) => [name, row[place]?.trim() ?? null])),
  }));
}

/** Finds out how an export writes its values. */
export function findReadingRules(csv: PortalCsv, matched: readonly MatchedColumn[], zone: string): ReadingRules {
  const columns = matched.filter(({ column }) => TIMES.has(column.kind));
  const orders = columns.map(
    ({ name, place }) => [name, findDayOrder(csv.rows.map((row) => row[place] ?? null))] as const,
  );
  return { zone, hasDecimalComma: csv.hasDecimalComma, orders: new Map(orders) };
}

/** Reads a time of the export on the clock of the report's zone. */
export function readTime(
  name: string,
  kind: PortalKind,
  text: string | null | undefined,
  { zone, orders }: ReadingRules,
): ClockTime | null {
  if (text === null || text === undefined) return null;
  return parseClockTime(text, kind === 'utc' ? 'UTC' : zone, orders.get(name));
}

/** Reads a time of our query, which is already on the clock of the report's zone. */
export const readClock = (value: JsonValue | undefined): number | null =>
  typeof value === 'string' ? (parseClockTime(value, 'UTC')?.clock ?? null) : null;
