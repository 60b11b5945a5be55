import type { PortalColumn } from '../../catalog/portal-columns.ts';
import type { PortalReport } from '../../catalog/portal-report.ts';
import { listNames, suggestName } from '../../lib/configuration/nearest-name.ts';
import { UsageError } from '../terminal/failure.ts';
import { reduceText } from './portal-values.ts';

/** A column of the export that is one of ours. */
export interface MatchedColumn {
  /** Name in our query. */
  readonly name: string;
  readonly column: PortalColumn;
  /** Header in the file. */
  readonly header: string;
  /** Place in the rows of the file. */
  readonly place: number;
}

/** How the columns of an export and of our query correspond. */
export interface ColumnMatch {
  readonly matched: readonly MatchedColumn[];
  /** Headers of the file that mean nothing to us. */
  readonly unknown: readonly string[];
  /** Titles of columns that the file does not have. */
  readonly absent: readonly string[];
}

/**
 * Matches headers with our columns, whatever their case, spaces and punctuation, and by known synonyms.
 * @param maps our column by header of the file; they come before everything else
 * @throws UsageError if a map names a header or column that does not exist
 */
export function matchColumns(
  { name: report, columns }: PortalReport,
  headers: readonly string[],
  maps: Readonly<Record<string, string>> = {},
): ColumnMatch {
  const names = Object.keys(columns);
  const mapped = new Map(
    Object.entries(maps).map(([header, given]) => [
      findHeader(headers, header),
      findColumn(columns, given) ?? refuseColumn(report, given, names),
    ]),
  );
  const taken = new Set(mapped.values());
  const matched = headers.flatMap((header, place): MatchedColumn[] => {
    const name = mapped.get(header) ?? names.find((each) => !taken.has(each) && hasHeader(each, columns[each], header));
    const column = name === undefined ? undefined : columns[name];
    if (name === undefined || column === undefined) return [];
    taken.add(name);
    return [{ name, column, header, place }];
  });
  const known = new Set(matched.map(({ header }) => header));
  return {
    matched,
    unknown: headers.filter((header) => !known.has(header)),
    absent: Object.entries(columns).flatMap(([name, { title }]) => (taken.has(name) ? [] : [title])),
  };
}

const hasHeader = (name: string, column: PortalColumn | undefined, header: string): boolean =>
  column !== undefined &&
  [name, column.title, ...column.synonyms].some((text) => reduceHeader(text) === reduceHeader(header));

/** Units in parentheses and the way to write an average tell no columns apart. */
const reduceHeader = (text: string): string =>
  reduceText(text.replaceAll(/\([^)]*\)/g, '').replaceAll(/average|mean/gi, 'avg'));

function findHeader(headers: readonly string[], given: string): string {
  const header =
    headers.find((each) => each === given) ?? headers.find((each) => reduceText(each) === reduceText(given));
  if (header !== undefined) return header;
  throw new UsageError(`--map ${given}=...: the file has no column "${given}". It has ${headers.join(', ')}`);
}

const findColumn = (columns: PortalReport['columns'], given: string): string | undefined =>
  Object.entries(columns).find(([name, { title }]) =>
    [name, title].some((each) => reduceText(each) === reduceText(given)),
  )?.[0];

function refuseColumn(report: string, given: string, names: readonly string[]): never {
  throw new UsageError(
    `--map ...=${given}: the report ${report} has no column "${given}"; ${suggestName(given, names)}it has ${listNames(names, 'docs/portal.md lists all')}`,
  );
}

/**
 * Chooses the sets of columns that identify a row and that the file has, the best first.
 * @throws UsageError if the file has none
 */
export function chooseKeys(
  file: string,
  { title, keys, columns }: PortalReport,
  { matched }: ColumnMatch,
  headers: readonly string[],
): readonly (readonly string[])[] {
  const names = new Set(matched.map(({ name }) => name));
  const possible = keys.filter((key) => key.every((name) => names.has(name)));
  if (possible.length > 0) return possible;
  const wanted = keys.map((key) => key.map((name) => `"${columns[name]?.title ?? name}"`).join(' and '));
  throw new UsageError(
    `${file} has no columns that identify a row of ${title}: ${wanted.join(', or ')}. It has ${headers.join(', ')}. Name them with --map, e.g. --map "${headers[0] ?? 'My column'}=${keys[0]?.[0] ?? ''}", or check --report`,
  );
}
