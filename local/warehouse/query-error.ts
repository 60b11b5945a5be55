import { QueryError } from './warehouse-errors.ts';

const LOCATION = /\nLINE (\d+): (.*)\n( *)\^/;
const UNKNOWN_TABLE = /Table with name "?([^"\s]+?)"? does not exist/;
const UNKNOWN_COLUMN = /(?:Referenced column "(.+?)" (?:was )?not found|does not have a column named "(.+?)")/;
const UNKNOWN_FUNCTION = /Function with name "?([^"\s]+?)"? does not exist/;
const SYNTAX = /syntax error at (.*)/;

/**
 * What DuckDB says about a query that failed, as one sentence: what is wrong, where, what there is instead.
 * @param tables the names that a query can use
 */
export function toQueryError(error: unknown, tables: readonly string[]): QueryError {
  const message = error instanceof Error ? error.message : String(error);
  return new QueryError(`${whatIsWrong(message, tables)}${where(message)}`, { cause: error });
}

function whatIsWrong(message: string, tables: readonly string[]): string {
  const table = UNKNOWN_TABLE.exec(message)?.[1];
  if (table !== undefined) return `there is no table "${table}"; there are ${tables.join(', ')}`;
  const column = UNKNOWN_COLUMN.exec(message);
  if (column !== null) {
    const candidates = /Candidate bindings: (.*)/.exec(message)?.[1];
    const near = candidates === undefined ? '' : `; close to it are ${candidates}`;
    return `there is no column "${column[1] ?? column[2]}"${near}`;
  }
  const unknown = UNKNOWN_FUNCTION.exec(message)?.[1];
  if (unknown !== undefined) return `there is no function "${unknown}" in DuckDB, which answers queries on a laptop`;
  const syntax = SYNTAX.exec(message)?.[1];
  if (syntax !== undefined) return `the SQL has a syntax error at ${syntax}`;
  const [first = ''] = message.split('\n');
  return first.replace(/^[A-Z][\w ]+ Error: /, '').trim();
}

/** DuckDB shortens a long line on both sides, so that the place is told by the text there, not by a column number. */
function where(message: string): string {
  const [, line, text = '', spaces = ''] = LOCATION.exec(message) ?? [];
  if (line === undefined) return '';
  const at = text.slice(Math.max(spaces.length - `LINE ${line}: `.length, 0)).trim();
  return at === '' ? ` (line ${line})` : ` (line ${line}, at "${at.slice(0, 40)}")`;
}
