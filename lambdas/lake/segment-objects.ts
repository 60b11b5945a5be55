import type { Channel } from '../../catalog/facts.ts';
import { type SegmentedSession, toSegmentRecord } from '../segments/segment-record.ts';
import { createLakeObjects, type LakeObject, type Line } from './lake-objects.ts';

/** A session's line in the objects under `segments/`. */
export const formatSegments = (session: SegmentedSession): Line => ({
  dt: session.taken.dt,
  json: JSON.stringify(toSegmentRecord(session)),
  added: { _extracted_at: session.taken.extractedAt, _batch: session.taken.batch },
});

/**
 * The segment objects of a batch of sessions. The same sessions always give the same keys and bytes. Those of calls lie directly under
 * `segments/`, those of chats under `segments/chat/`.
 */
export const createSegmentObjects = (
  channel: Channel,
  tenant: string,
  seq: number,
  lines: readonly Line[],
): LakeObject[] =>
  createLakeObjects({ zone: 'segments', ...(channel === 'call' ? {} : { endpoint: channel }), tenant, seq }, lines);
