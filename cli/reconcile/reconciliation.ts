import type { PortalReport } from '../../catalog/portal-report.ts';
import { type CellComparison, createComparison } from './cell-comparison.ts';
import type { ColumnMatch, MatchedColumn } from './column-match.ts';
import { countReasons, type DifferenceExample, type DifferenceReason, type ReasonCount } from './difference-reason.ts';
import { createMovedSums, type MovedSums } from './moved-sums.ts';
import type { PortalCsv } from './portal-csv.ts';
import {
  findReadingRules,
  type HereRow,
  nameRows,
  type ReadingRules,
  readClock,
  readTime,
  type ThereRow,
} from './portal-rows.ts';
import { type JoinedRow, joinRows, type RowJoin } from './row-join.ts';
import {
  type Days,
  explainCell,
  explainOnlyHere,
  explainOnlyThere,
  isWithin,
  readSurroundings,
} from './row-reasons.ts';
import type { Context } from './session-context.ts';
import { type Cells, explainOnlyHereSum, explainShare, explainSum } from './sum-reasons.ts';

/** How the values of one column compare. */
export interface ColumnResult {
  /** Name in our query. */
  readonly column: string;
  /** Header in the file. */
  readonly header: string;
  readonly agree: number;
  /** Rows that differ by no more than the portal rounds. */
  readonly rounding: number;
  readonly differ: number;
  readonly reasons: readonly ReasonCount[];
}

/** Words of the portal beside ours. They are not judged. */
export interface WordResult {
  readonly column: string;
  readonly header: string;
  readonly pairs: readonly { readonly there: string | null; readonly here: string | null; readonly rows: number }[];
}

/** Rows that only one side has. */
export interface OneSided {
  readonly rows: number;
  readonly reasons: readonly ReasonCount[];
}

/** An export of the portal beside our query. */
export interface Reconciliation {
  /** Nothing differs by more than rounding, and both sides have the same rows. */
  readonly agrees: boolean;
  readonly rows: {
    readonly there: number;
    readonly here: number;
    readonly joined: number;
    /** Rows of the export outside the period, which were left out. */
    readonly outside: number;
  };
  /** Columns that identify a row. */
  readonly key: readonly string[];
  /** Minutes by which the clock of the export is ahead of that of the zone. */
  readonly shift_minutes: number;
  readonly columns: readonly ColumnResult[];
  readonly only_there: OneSided;
  readonly only_here: OneSided;
  readonly words: readonly WordResult[];
  readonly unknown_columns: readonly string[];
  readonly absent_columns: readonly string[];
}

/** What is compared. */
export interface Sides {
  readonly report: PortalReport;
  readonly csv: PortalCsv;
  readonly match: ColumnMatch;
  readonly keys: readonly (readonly string[])[];
  /** Rows of our query, of the period and of the day before and after it if the rows are single things. */
  readonly here: readonly HereRow[];
  readonly days: Days;
  readonly zone: string;
  readonly context: Context;
}

interface ComparedRow extends JoinedRow {
  readonly cells: Cells;
}

/** Compares an export of the portal with our rows, column by column. */
export function reconcile(sides: Sides): Reconciliation {
  const { report, csv, match, keys, here, days, zone, context } = sides;
  const rules = findReadingRules(csv, match.matched, zone);
  const all = nameRows(csv, match.matched);
  const there = all.filter((row) => isOfPeriod(row, report, rules, days));
  const join = joinRows(report.columns, keys, there, here, rules);
  const compared = compareRows(join, match.matched, here, rules);
  const onlyHere = join.onlyHere.filter((row) => isOurDay(row, report, days));
  const columns = match.matched.filter(({ column }) => column.kind !== 'word');
  const counts = match.matched.filter(({ column }) => column.kind === 'count');
  const moved = report.columns.date === undefined ? STILL : createMovedSums(counts, { ...join, onlyHere }, rules);
  const explain: Explanation = report.isDetailed
    ? (column, cell, row) => explainCell(column, cell, row, context, join.shift)
    : ({ name }, _, row) => {
        const names = counts.map((count) => count.name);
        const reason = explainSum(name, row.cells, row.here, names, moved.isMoved);
        return name === 'share_percent' && reason === 'unexplained' ? explainShare(compared, names) : reason;
      };
  const results = columns.map((column) => judgeColumn(column, compared, join.key, explain));
  const surroundings = readSurroundings(join, days);
  const [main = ''] = counts.map(({ name }) => name);
  const only_there = describeOneSided(join.onlyThere, (row) => ({
    reason: report.isDetailed
      ? explainOnlyThere(row, report, context)
      : moved.isMovedThere(main, row)
        ? 'zone'
        : 'unexplained',
    ...describeThere(row, join.key),
  }));
  const only_here = describeOneSided(onlyHere, (row) => ({
    reason: report.isDetailed
      ? explainOnlyHere(row, report, context, surroundings)
      : moved.isMoved(main, row)
        ? 'zone'
        : explainOnlyHereSum(row),
    ...describeHere(row, join.key),
  }));
  return {
    agrees: results.every(({ differ }) => differ === 0) && only_there.rows + only_here.rows === 0,
    rows: {
      there: there.length,
      here: join.joined.length + onlyHere.length,
      joined: join.joined.length,
      outside: all.length - there.length,
    },
    key: join.key,
    shift_minutes: join.shift / 60_000,
    columns: results,
    only_there,
    only_here,
    words: match.matched.filter(({ column }) => column.kind === 'word').map((column) => pairWords(column, compared)),
    unknown_columns: match.unknown,
    absent_columns: match.absent,
  };
}

/** The column that puts a row of the report on a day. */
const findDayColumn = ({ columns }: PortalReport): string | undefined =>
  ['date', 'started_at'].find((name) => columns[name] !== undefined && columns[name].kind !== 'utc');

function isOfPeriod({ texts }: ThereRow, report: PortalReport, rules: ReadingRules, days: Days): boolean {
  const name = findDayColumn(report);
  const time = name === undefined ? null : readTime(name, report.columns[name]?.kind ?? 'time', texts.get(name), rules);
  return time === null || isWithin(time.clock, days);
}

function isOurDay(row: HereRow, report: PortalReport, days: Days): boolean {
  const name = findDayColumn(report);
  const clock = name === undefined ? null : readClock(row[name]);
  return clock === null || isWithin(clock, days);
}

function compareRows(
  { joined }: RowJoin,
  matched: readonly MatchedColumn[],
  here: readonly HereRow[],
  rules: ReadingRules,
): ComparedRow[] {
  const comparisons = matched.map((column) => [column.name, createComparison(column, here, rules)] as const);
  return joined.map((row) => ({
    ...row,
    cells: new Map(comparisons.map(([name, compare]) => [name, compare(row.there, row.here)])),
  }));
}

type Explanation = (column: MatchedColumn, cell: CellComparison, row: ComparedRow) => DifferenceReason;

/** Sums without days cannot move between them. */
const STILL: MovedSums = { isMoved: () => false, isMovedThere: () => false };

function judgeColumn(
  column: MatchedColumn,
  rows: readonly ComparedRow[],
  key: readonly string[],
  explain: Explanation,
): ColumnResult {
  const { name, header } = column;
  const differences: (DifferenceExample & { reason: DifferenceReason })[] = [];
  let agree = 0;
  let rounding = 0;
  for (const row of rows) {
    const cell = row.cells.get(name);
    if (cell === undefined || cell.verdict === 'agree') agree += 1;
    else if (cell.verdict === 'rounding') rounding += 1;
    else
      differences.push({
        reason: explain(column, cell, row),
        id: describeHere(row.here, key).id,
        there: row.there.texts.get(name) ?? null,
        here: writeValue(row.here[name]),
      });
  }
  return { column: name, header, agree, rounding, differ: differences.length, reasons: countReasons(differences) };
}

const writeValue = (value: HereRow[string] | undefined): string | null =>
  value === null || value === undefined ? null : String(value);

function describeOneSided<T>(
  rows: readonly T[],
  describe: (row: T) => DifferenceExample & { readonly reason: DifferenceReason },
): OneSided {
  return { rows: rows.length, reasons: countReasons(rows.map(describe)) };
}

function describeThere({ line, texts }: ThereRow, key: readonly string[]): DifferenceExample {
  return { id: key.map((name) => texts.get(name) ?? '').join(', '), there: `row ${line}`, here: null };
}

function describeHere(row: HereRow, key: readonly string[]): DifferenceExample {
  const values = key.map((name) => writeValue(row[name]));
  const session = writeValue(row.session_id);
  const isKnown = values.every((value) => value !== null);
  const more = session === null || key.includes('session_id') ? [] : [`session ${session}`];
  return { id: [...(isKnown ? values : []), ...more].join(', '), there: null, here: null };
}

/** Counts which of our words stand beside which of the portal's. */
function pairWords({ name, header }: MatchedColumn, rows: readonly ComparedRow[]): WordResult {
  const pairs = rows.map(({ there, here }) => ({ there: there.texts.get(name) ?? null, here: writeValue(here[name]) }));
  const groups = [...Map.groupBy(pairs, (pair) => JSON.stringify(pair)).values()];
  return {
    column: name,
    header,
    pairs: groups
      .flatMap((group) => (group[0] === undefined ? [] : [{ ...group[0], rows: group.length }]))
      .toSorted((a, b) => b.rows - a.rows),
  };
}
