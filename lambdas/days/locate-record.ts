import { hash } from 'node:crypto';
import { parseRecordId } from '../../catalog/record-id.ts';

/** Records whose ids follow each other share an item of the state table: ingestion mostly writes the newest ids. */
export const IDS_IN_BUCKET = 32;

/** Where the day index keeps a record. */
export interface RecordPlace {
  /** Name of the bucket, unique within the endpoint. */
  readonly bucket: string;
  /** Name of the record within the bucket, without spaces or colons. */
  readonly name: string;
}

/**
 * Locates a record in the day index.
 * @param key fields that identify it within its endpoint
 */
export function locateRecord(record: Readonly<Record<string, unknown>>, key: readonly string[]): RecordPlace {
  const values = key.map((field) => parseRecordId(record[field]) ?? String(record[field]));
  const [id] = values;
  if (values.length === 1 && typeof id === 'number') {
    const bucket = Math.floor(id / IDS_IN_BUCKET);
    return { bucket: bucket.toString(36), name: (id - bucket * IDS_IN_BUCKET).toString(36) };
  }
  // other keys have no order that is known: each record has its own bucket
  return { bucket: `#${hash('sha1', JSON.stringify(values), 'hex')}`, name: '0' };
}
