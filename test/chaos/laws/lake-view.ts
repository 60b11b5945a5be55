import { gunzipSync } from 'node:zlib';
import { parseTimestamp } from '../../../catalog/timestamp.ts';
import { isObject } from '../../../lambdas/common/json.ts';
import type { Json } from '../platform/chaos-collection.ts';

/** One line of a raw object. */
export interface RawLine {
  readonly key: string;
  /** The object is named by the ledger. */
  readonly committed: boolean;
  readonly dt: string;
  /** The record as the API sent it. */
  readonly record: Readonly<Json>;
  readonly text: string;
  readonly extractedAt: string;
  readonly batch: string;
}

/** What the raw table of a tenant's endpoint shows: every line of every object, committed or not. */
export function rawLines(
  objects: ReadonlyMap<string, Uint8Array>,
  committed: ReadonlySet<string>,
  tenant: string,
  endpoint: string,
): RawLine[] {
  return linesBelow(objects, committed, `raw/${endpoint}/tenant=${tenant}/dt=`);
}

/** The lines of the objects whose keys start with a folder and `dt=`. */
export function linesBelow(
  objects: ReadonlyMap<string, Uint8Array>,
  committed: ReadonlySet<string>,
  folder: string,
): RawLine[] {
  const lines: RawLine[] = [];
  for (const [key, body] of objects) {
    if (!key.startsWith(folder)) continue;
    const dt = key.slice(folder.length, folder.length + 10);
    for (const line of linesOf(body)) {
      const parsed: unknown = JSON.parse(line);
      if (!isObject(parsed)) throw new Error(`${key} holds a line that is no object`);
      // a record with a repeated key has the text that the API sent, too
      const { _extracted_at: extractedAt, _batch: batch, _original, ...record } = parsed;
      lines.push({
        key,
        committed: committed.has(key),
        dt,
        record,
        text: JSON.stringify(record),
        extractedAt: String(extractedAt),
        batch: String(batch),
      });
    }
  }
  return lines;
}

export const linesOf = (body: Uint8Array): string[] =>
  gunzipSync(body)
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '');

/** Order of the views: the change, no later than it was read, then batch, time of extraction, day; negative if `a` is older. */
export function compareVersions(cursor: string | null, a: RawLine, b: RawLine): number {
  const time = (line: RawLine) =>
    cursor === null ? 0 : Math.min(parseTimestamp(line.record[cursor]) ?? 0, Date.parse(line.extractedAt));
  return (
    time(a) - time(b) ||
    compareText(a.batch, b.batch) ||
    compareText(a.extractedAt, b.extractedAt) ||
    compareText(dayOf(a), dayOf(b))
  );
}

/** The partition in which the version is that a line speaks of. */
export const dayOf = ({ record, dt }: RawLine): string => String(record._moved_to ?? dt);

/** True for a line that says that a record is not, or no more, in its partition. */
export const isMark = ({ record }: RawLine): boolean => record._none === true;

/** The lines that no other line of their group is newer than: one, unless the order leaves it open. */
export function newest(cursor: string | null, lines: readonly RawLine[]): RawLine[] {
  let best: RawLine[] = [];
  for (const line of lines) {
    const order = best[0] === undefined ? 1 : compareVersions(cursor, line, best[0]);
    if (order > 0) best = [line];
    else if (order === 0) best.push(line);
  }
  return best;
}

export function groupBy<T>(values: readonly T[], keyOf: (value: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const value of values) {
    const key = keyOf(value);
    const group = groups.get(key);
    if (group) group.push(value);
    else groups.set(key, [value]);
  }
  return groups;
}

const compareText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
