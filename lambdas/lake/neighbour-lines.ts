import type { Endpoint } from '../../catalog/index.ts';
import { isEventTime, parseEventTime, utcDate } from '../../catalog/timestamp.ts';
import type { SegmentedSession } from '../segments/segment-record.ts';
import type { Line } from './lake-objects.ts';
import type { Taken } from './lake-records.ts';

const DAY = 86_400_000;

/** A record whose event is closer than this to a neighbouring day gets a line in that day, milliseconds. */
const MAX_DISTANCE = 2 * 3_600_000;

/** A day in which an earlier version of a record may be. */
export interface Neighbour {
  readonly taken: Taken;
  readonly dt: string;
}

/**
 * Finds the neighbouring days of the records of a tail. If the time of an event is corrected, the next version of the record can be in
 * another partition than the earlier ones. A line in the old partition then supersedes them, so that a filter on `dt` still reads only
 * one day. Ingestion does not know where earlier versions are, so every record near midnight gets such a line:
 *
 *     dt=2026-11-27   version 1, created 23:59:59.8        line of version 2: moved to 2026-11-28
 *     dt=2026-11-28   line of version 1: is in 2026-11-27  version 2, created 00:00:00.3
 *
 * This does not cover a record that moves beyond the neighbouring day, or whose new time is more than {@link MAX_DISTANCE} from the old day.
 */
export function findNeighbours({ source }: Endpoint, taken: readonly Taken[]): Neighbour[] {
  if (source.kind !== 'tail') return [];
  return taken.flatMap((each) => {
    const time = parseEventTime(each.record[source.eventTime]) ?? parseEventTime(each.record[source.cursor]);
    if (time === null || each.marker === true) return [];
    const sinceMidnight = time % DAY;
    return [
      ...(sinceMidnight < MAX_DISTANCE ? [time - DAY] : []),
      ...(sinceMidnight >= DAY - MAX_DISTANCE ? [time + DAY] : []),
    ]
      .filter(isEventTime)
      .map((near) => ({ taken: each, dt: utcDate(near) }));
  });
}

/** Creates the line in a neighbouring day: it identifies the version and its partition. */
export function formatNeighbour({ key, source }: Endpoint, { taken, dt }: Neighbour, batch: string): Line {
  const fields = source.kind === 'tail' ? [...key, source.cursor] : key;
  const version = Object.fromEntries(fields.map((field) => [field, taken.record[field]]));
  return { dt, json: JSON.stringify({ ...version, ...MARK, _moved_to: taken.dt }), added: origin(taken, batch) };
}

/** Creates the same line for the segments of a session. */
export function formatSegmentsNeighbour(
  { taken, dt }: Neighbour,
  segments: SegmentedSession['segments'],
  batch: string,
): Line {
  const { updated_at } = segments;
  const key = 'call_id' in segments ? { call_id: segments.call_id } : { chat_id: segments.chat_id };
  return {
    dt,
    json: JSON.stringify({ ...key, updated_at, ...MARK, _moved_to: taken.dt }),
    added: origin(taken, batch),
  };
}

/** Like every line that does not represent a record. */
const MARK = { _none: true };

const origin = ({ extractedAt, batch }: Taken, ownBatch: string) => ({
  _extracted_at: extractedAt,
  _batch: batch ?? ownBatch,
});
