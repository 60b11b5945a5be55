import type { Channel } from '../../catalog/facts.ts';
import type { Endpoint } from '../../catalog/index.ts';
import { isoTime } from '../../catalog/timestamp.ts';
import { formatSequence } from '../aws/state-keys.ts';
import type { MovedRecord } from '../days/day-index.ts';
import type { Line } from './lake-objects.ts';
import type { RawRecord, Taken } from './lake-records.ts';

/** A line in a partition that a record has left. It identifies the newest version of the record and says where that is. */
export interface MovedLine {
  /** The partition of the line. */
  readonly dt: string;
  /** The key of the record, and the time of the change. Like every line that does not represent a record, it has `_none`. */
  readonly mark: RawRecord;
  readonly extractedAt: string;
  readonly batch: string;
}

/**
 * Creates the lines of records that a correction has moved to another day. If the time of an event is corrected, the next version of
 * the record is in another partition than the earlier ones. A line in each of their partitions then supersedes them, so that a filter on
 * `dt` still reads only its days:
 *
 *     dt=2026-11-21   version 1, created 10:00     line of version 2: moved to 2026-11-28
 *     dt=2026-11-28                                version 2, created 09:00
 */
export function createMovedLines({ key, source }: Endpoint, moved: readonly MovedRecord<Taken>[]): MovedLine[] {
  return moved.flatMap(({ read: { record }, newest, days }) => {
    const { changedAt, extractedAt, batch, dt: movedTo } = newest;
    const mark = {
      ...Object.fromEntries(key.map((field) => [field, record[field]])),
      ...(source.kind === 'tail' && changedAt !== null && { [source.cursor]: isoTime(changedAt) }),
      _none: true,
      _moved_to: movedTo,
    };
    return days.map((dt) => ({ dt, mark, extractedAt: isoTime(extractedAt), batch: formatSequence(batch) }));
  });
}

export const formatMoved = (line: MovedLine): Line => formatMark(line, line.mark);

/** Creates the same line for the segments of a session. */
export const formatMovedSegments = (channel: Channel, line: MovedLine): Line => {
  const { id, updated_at = null, _none, _moved_to } = line.mark;
  return formatMark(line, { [`${channel}_id`]: id, updated_at, _none, _moved_to });
};

const formatMark = ({ dt, extractedAt, batch }: MovedLine, mark: RawRecord): Line => ({
  dt,
  json: JSON.stringify(mark),
  added: { _extracted_at: extractedAt, _batch: batch },
});
