import { type SegmentedCall, toSegmentRecord } from '../segments/segment-record.ts';
import { createLakeObjects, type LakeObject, type Line } from './lake-objects.ts';

/** A call's line in the objects under `segments/`. */
export const formatSegments = (call: SegmentedCall): Line => ({
  dt: call.taken.dt,
  json: JSON.stringify(toSegmentRecord(call)),
  added: { _extracted_at: call.taken.extractedAt, _batch: call.taken.batch },
});

/** The segment objects of a batch of calls. The same calls always give the same keys and bytes. */
export const createSegmentObjects = (tenant: string, seq: number, lines: readonly Line[]): LakeObject[] =>
  createLakeObjects({ zone: 'segments', tenant, seq }, lines);
