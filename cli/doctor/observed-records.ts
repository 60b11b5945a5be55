import { parseRecordId } from '../../catalog/record-id.ts';
import { isoTime, parseEventTime } from '../../catalog/timestamp.ts';
import { isObject, type ParsedJson } from '../../lambdas/common/json.ts';
import { findDroppedKeys } from '../../lambdas/common/repeated-keys.ts';
import { MAX_OPEN_RECORDS } from '../../lambdas/sources/tail/open-records.ts';
import { MAX_AHEAD_OF_CLOCK } from '../../lambdas/sources/tail/walk-tail.ts';
import { count } from '../terminal/counting.ts';
import { type Finding, reportBadQuirk, reportQuirk } from './finding.ts';
import type { Collection, Observation } from './page-observation.ts';
import { describeTimeFormat, isUsualFormat } from './time-format.ts';

/** A larger record does not fit into an item of DynamoDB, bytes. */
const LARGE_RECORD = 400_000;

/** A status that is open for longer than this is reported, milliseconds. */
const LONG_OPEN = 86_400_000;

/** Maximum number of paths and formats that are named. */
const MAX_NAMED = 5;

/** Finds what is unusual about the records of a collection. @param now platform time, milliseconds */
export function findRecordQuirks(collection: Collection, observations: readonly Observation[], now: number): Finding[] {
  const rows = [
    ...new Map(
      observations.flatMap(({ body }) => (body.kind === 'page' ? body.page.rows.map((row) => [row.json, row]) : [])),
    ).values(),
  ];
  const traits = new Traits();
  for (const { value } of rows) traits.visit(value, '');
  return [
    ...judgeTimes(collection, traits),
    ...judgeKeys(collection, rows),
    ...judgeNumbers(collection, rows, traits),
    ...judgeSizes(collection, rows),
    ...judgeClock(collection, rows, now),
  ];
}

/** Observed values of records. */
class Traits {
  /** Formats of timestamps: the number of values, and whether all were readable. */
  readonly formats = new Map<string, { count: number; isReadable: boolean }>();
  longNumbers = 0;

  visit(value: unknown, key: string): void {
    if (typeof value === 'string') this.#visitText(value, key);
    else if (Array.isArray(value)) for (const element of value) this.visit(element, key);
    else if (isObject(value)) {
      if (Object.getPrototypeOf(value) === null) this.longNumbers += 1;
      else for (const [name, member] of Object.entries(value)) this.visit(member, name);
    }
  }

  #visitText(text: string, key: string): void {
    if (!/(?:_at|_time)$/.test(key) || text === '') return;
    const { format, isReadable } = describeTimeFormat(text);
    const seen = this.formats.get(format);
    this.formats.set(format, { count: (seen?.count ?? 0) + 1, isReadable: isReadable && (seen?.isReadable ?? true) });
  }
}

function judgeTimes({ path }: Collection, { formats }: Traits): Finding[] {
  const odd = [...formats].filter(([format]) => !isUsualFormat(format));
  const list = (wanted: boolean) =>
    odd
      .filter(([, { isReadable }]) => isReadable === wanted)
      .slice(0, MAX_NAMED)
      .map(([format, { count: number }]) => `${format} (${number})`)
      .join(', ');
  const [readable, unreadable] = [list(true), list(false)];
  return [
    ...(readable === ''
      ? []
      : [
          reportQuirk(
            path,
            'time-formats',
            `timestamps as ${readable}`,
            'all parts of the product read them, with the same value',
          ),
        ]),
    ...(unreadable === ''
      ? []
      : [
          reportBadQuirk(
            path,
            'time-unreadable',
            'warning',
            `timestamps as ${unreadable}`,
            'a record whose event or cursor has such a time is quarantined. In other fields it is NULL in the views',
            'ask the operator of the platform for ISO 8601 with a time zone',
          ),
        ]),
  ];
}

function judgeKeys({ path }: Collection, rows: readonly ParsedJson[]): Finding[] {
  const repeated = rows.map(({ json }) => findDroppedKeys(json)).filter((paths) => paths.length > 0);
  if (repeated.length === 0) return [];
  const names = [...new Set(repeated.flat())].slice(0, MAX_NAMED).join(', ');
  return [
    reportQuirk(
      path,
      'repeated-keys',
      `${count(repeated.length, 'record')} of ${rows.length} with a repeated key (${names})`,
      'the last value counts in raw lines, views and metrics. The text stays in "_original", and the view drift names the key',
    ),
  ];
}

function judgeNumbers(
  { path, endpoints }: Collection,
  rows: readonly ParsedJson[],
  { longNumbers }: Traits,
): Finding[] {
  const keys = endpoints[0]?.key ?? [];
  const texts = rows.filter(
    ({ value }) =>
      isObject(value) && keys.some((key) => typeof value[key] === 'string' && parseRecordId(value[key]) !== null),
  ).length;
  return [
    ...(texts === 0
      ? []
      : [
          reportQuirk(
            path,
            'id-as-text',
            `${texts} of ${rows.length} records have an id as text`,
            'it is the same id as the number, everywhere',
          ),
        ]),
    ...(longNumbers === 0
      ? []
      : [
          reportQuirk(
            path,
            'long-numbers',
            `${count(longNumbers, 'number')} beyond 2^53`,
            'all digits are kept, in raw lines and in bigint columns',
          ),
        ]),
  ];
}

function judgeSizes({ path }: Collection, rows: readonly ParsedJson[]): Finding[] {
  const large = rows.map(({ json }) => Buffer.byteLength(json)).filter((bytes) => bytes > LARGE_RECORD);
  const deep = rows.filter(({ flaw }) => flaw !== undefined);
  return [
    ...(large.length === 0
      ? []
      : [
          reportQuirk(
            path,
            'large-records',
            `${count(large.length, 'record')} of more than ${LARGE_RECORD / 1000} kB, the largest with ${Math.round(Math.max(...large) / 1000)} kB`,
            'the lake has the whole record. The metrics item is cut to fit and says so (truncated)',
          ),
        ]),
    ...(deep[0] === undefined
      ? []
      : [
          reportBadQuirk(
            path,
            'deep-records',
            'warning',
            `${count(deep.length, 'record')}: ${deep[0].flaw}`,
            'such a record is quarantined',
            'ask the operator of the platform about records of that shape',
          ),
        ]),
  ];
}

function judgeClock({ path, endpoints }: Collection, rows: readonly ParsedJson[], now: number): Finding[] {
  const source = endpoints[0]?.source;
  if (source?.kind !== 'tail') return [];
  const { cursor, openUntil } = source;
  const times = rows.flatMap(({ value }) => (isObject(value) ? { value, time: parseEventTime(value[cursor]) } : []));
  const future = times.filter(({ time }) => time !== null && time > now + MAX_AHEAD_OF_CLOCK);
  const open = times.filter(
    ({ value, time }) =>
      openUntil !== undefined && (value[openUntil] ?? null) === null && time !== null && time < now - LONG_OPEN,
  );
  const newest = Math.max(...future.map(({ time }) => time ?? 0));
  const oldest = Math.min(...open.map(({ time }) => time ?? now));
  return [
    ...(future.length === 0
      ? []
      : [
          reportQuirk(
            path,
            'future-records',
            `${count(future.length, 'record')} with ${cursor} in the future, up to ${isoTime(newest)}`,
            'they are taken and do not move the cursor',
          ),
        ]),
    ...(open.length === 0
      ? []
      : [
          reportQuirk(
            path,
            'long-open',
            `${open.length} of ${rows.length} records without ${openUntil} for more than 24 h, since ${isoTime(oldest)}`,
            `ingestion watches up to ${MAX_OPEN_RECORDS} of them until they end, and warns about more`,
          ),
        ]),
  ];
}
