import { type Endpoint, findEndpoint } from '../../../catalog/index.ts';
import { isoTime, parseTimestamp } from '../../../catalog/timestamp.ts';
import type { ViewRow } from '../../support/rows-of-lakes.ts';
import { dayOf, groupBy, type RawLine } from './lake-view.ts';
import type { Report } from './violation.ts';

/** Lines that were read at once. */
interface Reading {
  readonly extractedAt: string;
  readonly lines: ReadonlyMap<string, RawLine>;
}

interface Version {
  readonly line: RawLine;
  replacedAt: string | null;
}

/**
 * A history has every version that was read, once: from its first reading to the one that found something else in its place.
 * What is left is what the view shows.
 */
export function checkHistory(
  name: string,
  lines: readonly RawLine[],
  history: readonly ViewRow[],
  view: readonly ViewRow[],
  report: Report,
): void {
  const endpoint = findEndpoint(name);
  if (endpoint === undefined) throw new Error(`no endpoint ${name}`);
  const expected = [...groupBy(lines, (line) => wholeOf(endpoint, line)).values()]
    .flatMap((whole) => walk(readingsOf(endpoint, whole)))
    .flatMap(({ line, replacedAt }) =>
      Array.from({ length: rowsPer(endpoint, line) }, () =>
        [line.dt, recordOf(endpoint, line.record), line.extractedAt, line.batch, replacedAt].join(' '),
      ),
    );
  const shown = history.map((row) =>
    [row.dt, rowOf(endpoint, row), row.extracted_at, row.batch, row.replaced_at].join(' '),
  );
  compare(expected, shown, 'is no row of the history', 'is a row of the history without need', report);
  const left = history.filter(({ replaced_at: end }) => end === null).map(contentOf);
  const newest = view.filter(({ deleted_at: end }) => end === undefined || end === null).map(contentOf);
  compare(newest, left, 'is in the view, the history says that it was replaced', 'is in the history only', report);
}

/** One version after the other, as the readings come. */
function walk(readings: readonly Reading[]): Version[] {
  const versions: Version[] = [];
  let open = new Map<string, Version>();
  for (const [index, { lines }] of readings.entries()) {
    // an older version may have been read after a newer one: it was never what is known
    const [end = null] = readings
      .slice(index)
      .map(({ extractedAt }) => extractedAt)
      .sort();
    const stays = new Map<string, Version>();
    for (const [place, version] of open) {
      if (lines.has(place)) stays.set(place, version);
      else version.replacedAt = end;
    }
    for (const [place, line] of lines) {
      if (line.record._none === true || stays.has(place)) continue;
      const version = { line, replacedAt: null };
      versions.push(version);
      stays.set(place, version);
    }
    open = stays;
  }
  return versions;
}

/** The readings of what is read at once, oldest version first; the lines of each by place and content. */
function readingsOf(endpoint: Endpoint, lines: readonly RawLine[]): Reading[] {
  const cursor = cursorOf(endpoint);
  const batchOf = firstBatches(lines);
  const orderOf = (line: RawLine) => {
    const { record, extractedAt, batch } = line;
    if (isSnapshot(endpoint, record)) return `${batchOf.get(extractedAt)} ${extractedAt}`;
    const time = parseTimestamp(cursor && record[cursor]);
    const changed = time === null ? '' : isoTime(time);
    return [String([changed, extractedAt].sort()[0]).padEnd(24), batch, extractedAt, dayOf(line)].join(' ');
  };
  return [...groupBy(lines, orderOf)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, together]) => {
      const first = [...together].sort((a, b) => (a.batch < b.batch ? 1 : -1));
      return {
        extractedAt: together[0]?.extractedAt ?? '',
        lines: new Map(first.map((line) => [`${recordOf(endpoint, line.record)} ${line.text}`, line])),
      };
    });
}

/** The batch of each snapshot, by its time: a record that was requeued has a later one. */
function firstBatches(lines: readonly RawLine[]): ReadonlyMap<string, string> {
  const first = new Map<string, string>();
  for (const { extractedAt, batch } of lines) {
    const known = first.get(extractedAt);
    if (known === undefined || batch < known) first.set(extractedAt, batch);
  }
  return first;
}

const cursorOf = ({ source }: Endpoint): string | null =>
  source.kind === 'tail' ? source.cursor : source.kind === 'nested' ? '_parent_updated_at' : null;

/** True if the record is in a snapshot, itself or with its parent. */
const isSnapshot = ({ source }: Endpoint, record: RawLine['record']): boolean =>
  source.kind === 'nested'
    ? findEndpoint(String(record._parent_type))?.source.kind === 'snapshot'
    : source.kind === 'snapshot';

/** What is read at once with a line: a record, a parent with what is inside it, a snapshot. */
function wholeOf(endpoint: Endpoint, { dt, record }: RawLine): string {
  const isNested = endpoint.source.kind === 'nested';
  if (isSnapshot(endpoint, record)) return isNested ? String(record._parent_type) : '';
  return isNested ? `${dt} ${record._parent_type} ${record._parent_id}` : `${dt} ${record.id}`;
}

const recordOf = ({ source }: Endpoint, record: RawLine['record']): string =>
  source.kind === 'nested' ? `${record._parent_type} ${record._parent_id} ${record._parent_path}` : String(record.id);

const rowOf = ({ source }: Endpoint, row: ViewRow): string =>
  source.kind === 'nested' ? `${row.parent_type} ${row.parent_id} ${row.parent_path}` : String(row.id);

/** Rows that the views have for a line. */
function rowsPer({ source }: Endpoint, { record }: RawLine): number {
  if (source.kind !== 'snapshot' || source.rowPer === undefined) return 1;
  const elements = record[source.rowPer];
  return Array.isArray(elements) ? elements.length : 1;
}

/** A row without what tells when and how often it was read. */
const contentOf = ({ dt: _dt, deleted_at, replaced_at, extracted_at, batch: _batch, ...row }: ViewRow): string =>
  JSON.stringify(row);

function compare(
  expected: readonly string[],
  shown: readonly string[],
  lacking: string,
  tooMany: string,
  report: Report,
): void {
  const counts = new Map<string, number>();
  for (const row of shown) counts.set(row, (counts.get(row) ?? 0) + 1);
  for (const row of expected) counts.set(row, (counts.get(row) ?? 0) - 1);
  for (const [row, count] of counts) {
    if (count < 0) report('history', row, lacking);
    if (count > 0) report('history', row, tooMany);
  }
}
