import { sequenceText } from '../aws/state-keys.ts';
import { type SegmentedCall, segmentRecord } from '../segments/segment-record.ts';
import { type LakeObject, type Line, lakeObjects } from './lake-objects.ts';

/** A call's line in the objects under `segments/`. */
export const segmentLine = (seq: number, call: SegmentedCall): Line => ({
  dt: call.taken.dt,
  json: JSON.stringify(segmentRecord(call)),
  added: { _extracted_at: call.taken.extractedAt, _batch: sequenceText(seq) },
});

/** These objects of a batch of calls: the same calls give the same keys and bytes, whoever writes them. */
export const segmentObjects = (tenant: string, seq: number, lines: readonly Line[]): LakeObject[] =>
  lakeObjects({ zone: 'segments', tenant, seq }, lines);
