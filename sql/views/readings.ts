import { BATCH, CONTENT, EXTRACTED_AT, IS_RECORD, indent, newestFirst } from './expressions.ts';

/** A column that a query computes from `line`. */
interface ComputedColumn {
  readonly name: string;
  readonly expression: string;
}

/**
 * Input of a history. A record is read again whenever it may have changed, and every reading stays in the lake, committed or
 * not. A version therefore has one line for each time that it was read and written.
 */
export interface Readings {
  /** The raw table. */
  readonly table: string;
  /**
   * Condition on its lines.
   * @default - all lines
   */
  readonly where?: string | undefined;
  /** Columns named in `whole`, `order` and `place`, except `tenant`, `dt`, `extracted_at` and `batch`, which every line has. */
  readonly columns: readonly ComputedColumn[];
  /** Key columns of what is read as a whole: a record, a parent with the records inside it, or a snapshot. */
  readonly whole: readonly string[];
  /** Expressions that order the readings of a whole, the most important one first. */
  readonly order: readonly string[];
  /** Key columns of the records of a whole. */
  readonly place: readonly string[];
}

/**
 * Creates the text after FROM in a history, with one line per version and `replaced_at`. A version lasts as long as consecutive
 * readings found the same content in its place. Content that was written twice, or not committed, makes no further version.
 *
 *     readings  1  2  3  4  5          content  A  A  -  A  B
 *     versions  A from 1 to 3, A from 4 to 5, B from 5 on
 *
 * Only a filter on columns of `whole` reaches the scan.
 */
export function selectVersions({ table, where, columns, whole, order, place }: Readings): string {
  const fromNewest = `PARTITION BY ${whole.join(', ')}
          ORDER BY ${newestFirst(order).join(', ')}`;
  const sameContent = `PARTITION BY ${[...whole, ...place, 'content'].join(', ')} ORDER BY age`;
  const sameReading = [...new Set([...whole, ...place, ...order, 'content'])].join(', ');
  const computed = [
    { name: 'content', expression: CONTENT },
    { name: 'extracted_at', expression: EXTRACTED_AT },
    { name: 'batch', expression: BATCH },
    ...columns,
  ].map(({ name, expression }) => `${expression} AS ${name}`);
  // age 1 is the newest reading. Counted from there, every frame begins at the same row, which needs only one pass
  return `(
  SELECT
    *,
    CASE WHEN is_last THEN next_reading ELSE lag(next_reading) OVER (${sameContent}) END AS replaced_at
  FROM (
    SELECT
      *,
      coalesce(lead(age) OVER (${sameContent}) > age + 1, true) AS is_first,
      coalesce(lag(age) OVER (${sameContent}) < age - 1, true) AS is_last
    FROM (
      SELECT
        *,
        dense_rank() OVER (
          ${fromNewest}
        ) AS age,
        min(extracted_at) OVER (
          ${fromNewest}
          GROUPS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS next_reading,
        row_number() OVER (PARTITION BY ${sameReading} ORDER BY batch) AS repetition
      FROM (
        SELECT
          tenant,
          dt,
          line,
          ${indent(computed.join(',\n'), 10)}
        FROM ${table}${where === undefined ? '' : `\n        WHERE ${where}`}
      ) AS lines
    ) AS readings
    WHERE repetition = 1
      AND ${IS_RECORD}
  ) AS compared
  WHERE is_first OR is_last
) AS versions
WHERE is_first`;
}
