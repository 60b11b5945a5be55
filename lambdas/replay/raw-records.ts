import { ConfigurationError } from '../common/errors.ts';
import { isObject, parseJson } from '../common/json.ts';
import type { Lake } from '../lake/lake.ts';
import type { Taken } from '../lake/lake-records.ts';

/** A record with the batch with which it was read. */
export type ReadRecord = Taken & { readonly batch: string };

/**
 * Reads the records of a raw object as ingestion read them.
 * @throws ConfigurationError if the object no longer exists
 */
export async function readTaken(lake: Lake, key: string, dt: string): Promise<ReadRecord[]> {
  const lines = await lake.get(key).catch((error: unknown) => {
    if (!(error instanceof Error && error.name === 'NoSuchKey')) throw error;
    throw new ConfigurationError(
      `raw object ${key} is in the ledger but not in the bucket: bring back its former version, or leave its date out`,
    );
  });
  return lines.flatMap((json) => {
    const record = parseJson(json);
    // a marker is not a record
    if (!isObject(record) || record._none === true) return [];
    return [{ record, json, dt, extractedAt: String(record._extracted_at), batch: String(record._batch) }];
  });
}
