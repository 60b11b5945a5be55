import type { Channel } from '../../catalog/facts.ts';
import { type SegmentedSession, toSegmentRecord } from '../segments/segment-record.ts';
import { type LakeObject, LakeObjectBuilder, type Line } from './lake-objects.ts';

/** A session's line in the objects under `segments/`. */
export const formatSegments = (session: SegmentedSession): Line => ({
  dt: session.taken.dt,
  json: JSON.stringify(toSegmentRecord(session)),
  added: { _extracted_at: session.taken.extractedAt, _batch: session.taken.batch },
});

/**
 * Collects the segment objects of a batch of sessions. The same sessions always give the same keys and bytes. Those of calls lie directly
 * under `segments/`, those of chats under `segments/chat/`.
 */
export const createSegmentBuilder = (channel: Channel, tenant: string, seq: number): LakeObjectBuilder =>
  new LakeObjectBuilder({ zone: 'segments', ...(channel === 'call' ? {} : { endpoint: channel }), tenant, seq });

/** {@link createSegmentBuilder} with all lines at once. */
export function createSegmentObjects(
  channel: Channel,
  tenant: string,
  seq: number,
  lines: Iterable<Line>,
): LakeObject[] {
  const builder = createSegmentBuilder(channel, tenant, seq);
  for (const line of lines) builder.add(line);
  return builder.close();
}
