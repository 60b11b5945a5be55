import type { Channel } from '../../catalog/facts.ts';
import { type SegmentedSession, toSegmentRecord } from '../segments/segment-record.ts';
import { createLakeObjects, type LakeObject, LakeObjectBuilder, type Line, type Place } from './lake-objects.ts';

/** A session's line in the objects under `segments/`. */
export const formatSegments = (session: SegmentedSession): Line => ({
  dt: session.taken.dt,
  json: JSON.stringify(toSegmentRecord(session)),
  added: { _extracted_at: session.taken.extractedAt, _batch: session.taken.batch },
});

/** Where the segment objects of a batch are written: those of calls directly under `segments/`, those of chats under `segments/chat/`. */
const toPlace = (channel: Channel, tenant: string, seq: number): Place => ({
  zone: 'segments',
  ...(channel === 'call' ? {} : { endpoint: channel }),
  tenant,
  seq,
});

/** Collects the segment objects of a batch of sessions. The same sessions always give the same keys and bytes. */
export const createSegmentBuilder = (channel: Channel, tenant: string, seq: number): LakeObjectBuilder =>
  new LakeObjectBuilder(toPlace(channel, tenant, seq));

/** {@link createSegmentBuilder} with all lines at once. */
export const createSegmentObjects = (
  channel: Channel,
  tenant: string,
  seq: number,
  lines: Iterable<Line>,
): LakeObject[] => createLakeObjects(toPlace(channel, tenant, seq), lines);
