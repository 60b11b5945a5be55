import { isNewerVersion, type RecordVersion } from './record-version.ts';

/** Maximum number of other days that are kept of a record. Beyond it, the days in which it was first are dropped. */
export const MAX_OTHER_DAYS = 20;

const DAY = 86_400_000;

/** The days in which versions of a record may be. */
export interface RecordDays {
  readonly newest: RecordVersion;
  /** Days other than that of the newest version. */
  readonly others: readonly string[];
}

/**
 * Adds a version. Returns `known` itself if that changes nothing.
 * @param isDatedByChange the time of the change is that of the event, so versions with the same change are in the same day. Then the
 * first of them is kept: it is newer than every version of an earlier day. @default false
 */
export function addVersion(known: RecordDays | undefined, version: RecordVersion, isDatedByChange = false): RecordDays {
  if (known === undefined) return { newest: version, others: [] };
  if (isDatedByChange && version.changedAt === known.newest.changedAt && version.dt === known.newest.dt) return known;
  const isNewer = isNewerVersion(version, known.newest);
  if (!isNewer && (version.dt === known.newest.dt || known.others.includes(version.dt))) return known;
  const newest = isNewer ? version : known.newest;
  const others = new Set([...known.others, known.newest.dt, version.dt]);
  others.delete(newest.dt);
  return { newest, others: [...others].slice(-MAX_OTHER_DAYS) };
}

/**
 * Formats the days of several records as text, because writes are billed by the kilobyte. All numbers have the base 36.
 *
 *     1c:mi3k5v7w.4k2.7s.g1x 1d:mi3k9x02.51b.7t.g1y,g1x
 *
 *     name in the bucket, change (milliseconds), reading (milliseconds after the change), batch, day of the newest version, other days
 */
export function formatRecordDays(records: ReadonlyMap<string, RecordDays>): string {
  return [...records]
    .map(([name, { newest, others }]) => {
      const { changedAt, batch, extractedAt, dt } = newest;
      const numbers = [changedAt ?? '', extractedAt - (changedAt ?? 0), batch].map((number) => number.toString(36));
      return `${name}:${numbers.join('.')}.${[dt, ...others].map(formatDay).join(',')}`;
    })
    .join(' ');
}

/** Parses a text that {@link formatRecordDays} wrote. */
export function parseRecordDays(text: string): Map<string, RecordDays> {
  const entries = text.split(' ').filter((entry) => entry !== '');
  return new Map(
    entries.map((entry) => {
      const [name = '', value = ''] = entry.split(':');
      const [changed = '', read = '', batch = '', days = ''] = value.split('.');
      const changedAt = changed === '' ? null : Number.parseInt(changed, 36);
      const [dt = '', ...others] = days.split(',').map(parseDay);
      const extractedAt = (changedAt ?? 0) + Number.parseInt(read, 36);
      return [name, { newest: { changedAt, batch: Number.parseInt(batch, 36), extractedAt, dt }, others }];
    }),
  );
}

const formatDay = (dt: string): string => (Date.parse(dt) / DAY).toString(36);

const parseDay = (day: string): string => new Date(Number.parseInt(day, 36) * DAY).toISOString().slice(0, 10);
