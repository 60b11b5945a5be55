import { listNames, suggestName } from '../../lib/configuration/nearest-name.ts';
import { QueryError } from './warehouse-errors.ts';

const LOCATION = /\nLINE (\d+): (.*)\n( *)\^/;
const UNKNOWN_TABLE = /Table with name "?([^"\s]+?)"? does not exist/;
const UNKNOWN_COLUMN = /(?:Referenced column "(.+?)" (?:was )?not found|does not have a column named "(.+?)")/;
const UNKNOWN_FUNCTION = /Function with name "?([^"\s]+?)"? does not exist/;
const SYNTAX = /syntax error at (.*)/;

/**
 * Turns an error of DuckDB into one line that says what is wrong, where, and what exists instead.
 * @param tables names of the tables and views
 */
export function toQueryError(error: unknown, tables: readonly string[]): QueryError {
  const message = error instanceof Error ? error.message : String(error);
  return new QueryError(`${whatIsWrong(message, tables)}${where(message)}`, { cause: error });
}

function whatIsWrong(message: string, tables: readonly string[]): string {
  const table = UNKNOWN_TABLE.exec(message)?.[1];
  if (table !== undefined)
    return `there is no table "${table}"; ${suggestName(table, tables)}there are ${listNames(tables, 'SHOW TABLES lists all', table)}`;
  const column = UNKNOWN_COLUMN.exec(message);
  if (column !== null) {
    const candidates = /Candidate bindings: (.*)/.exec(message)?.[1];
    const near = candidates === undefined ? '' : `; near names are ${candidates}`;
    return `there is no column "${column[1] ?? column[2]}"${near}`;
  }
  const unknown = UNKNOWN_FUNCTION.exec(message)?.[1];
  if (unknown !== undefined)
    return `there is no function "${unknown}" in DuckDB, which runs the queries on this machine`;
  const syntax = SYNTAX.exec(message)?.[1];
  if (syntax !== undefined) return `the SQL has a syntax error at ${syntax}`;
  const [first = ''] = message.split('\n');
  return first.replace(/^[A-Z][\w ]+ Error: /, '').trim();
}

/** DuckDB cuts a long line on both sides, so the place is shown by the text there and not by a column number. */
function where(message: string): string {
  const [, line, text = '', spaces = ''] = LOCATION.exec(message) ?? [];
  if (line === undefined) return '';
  const at = text.slice(Math.max(spaces.length - `LINE ${line}: `.length, 0)).trim();
  return at === '' ? ` (line ${line})` : ` (line ${line}, at "${at.slice(0, 40)}")`;
}
