import { sequenceText } from '../stores/state-keys.ts';
import { type LakeObject, lakeObjects } from './lake-objects.ts';
import { type SegmentedCall, segmentRecord } from './segment-record.ts';

/** The objects under `segments/` of a batch of calls: the same calls give the same keys and bytes, whoever writes them. */
export function segmentObjects(tenant: string, seq: number, calls: readonly SegmentedCall[]): LakeObject[] {
  return lakeObjects(
    { zone: 'segments', tenant, seq },
    calls.map((call) => ({
      dt: call.taken.dt,
      json: JSON.stringify(segmentRecord(call)),
      added: { _extracted_at: call.taken.extractedAt, _batch: sequenceText(seq) },
    })),
  );
}
