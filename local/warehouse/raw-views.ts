import type { RawTable } from '../../sql/views/raw-tables.ts';

/** Maximum length of a line, bytes: that of Athena. A record has at most 10 million characters, of up to three bytes each. */
const MAX_LINE_LENGTH = 32_000_000;

/**
 * Half of a surrogate pair. JSON can only write it as an escape, and DuckDB rejects the whole line. An escaped backslash does
 * not start an escape.
 */
const LONE_SURROGATES = String.raw`((?:^|[^\\])(?:\\\\)*)(?:\\u[dD][89a-fA-F][0-9a-fA-F]{2})+`;

/** Creates the statement for a raw table without rows. */
export function createEmpty({ name, partitions }: RawTable): string {
  const columns = ['line', ...partitions].map((column) => `CAST(NULL AS varchar) AS ${column}`);
  return `CREATE OR REPLACE VIEW ${name} AS SELECT ${columns.join(', ')} WHERE false;`;
}

/** Creates the statement for a raw table of the files that match the patterns, with their lines byte for byte. */
export function createFromFiles({ name, partitions }: RawTable, patterns: readonly string[]): string {
  const columns = partitions.map((partition) =>
    partition === 'endpoint' ? `${ENDPOINT_FOLDER} AS endpoint` : partition,
  );
  return `CREATE OR REPLACE VIEW ${name} AS
SELECT
  CASE
    WHEN (contains(line, '\\ud') OR contains(line, '\\uD')) AND NOT json_valid(line)
      THEN regexp_replace(line, '${LONE_SURROGATES}', '\\1\\\\ufffd', 'g')
    ELSE line
  END AS line,
  ${columns.join(', ')}
FROM read_csv(
  [${patterns.map(quoteText).join(', ')}],
  columns = {'line': 'VARCHAR'},
  auto_detect = false, header = false, strict_mode = false,
  -- characters that JSON text never holds: nothing in a line divides, quotes, escapes or empties it
  delim = '\u001f', nullstr = '\u001e', quote = '', escape = '', comment = '', new_line = '\\n',
  compression = 'gzip', max_line_size = ${MAX_LINE_LENGTH}, buffer_size = ${MAX_LINE_LENGTH},
  hive_partitioning = true, hive_types_autocast = false, filename = true
);`;
}

/** Selects the folder two levels above the file's folder, with `/` between the names. */
const ENDPOINT_FOLDER = `split_part(replace(filename, '\\', '/'), '/', -4)`;

/** Quotes a string constant. */
export const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`;
