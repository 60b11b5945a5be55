import { ConfigurationError } from '../common/errors.ts';
import { isObject, parseJson } from '../common/json.ts';
import type { Lake } from '../lake/lake.ts';
import type { Taken } from '../lake/lake-records.ts';
import type { MovedLine } from '../lake/moved-lines.ts';

/** A record with the batch with which it was read. */
export type ReadRecord = Taken & { readonly batch: string };

/** What is in a raw object. */
export interface RawLines {
  readonly taken: readonly ReadRecord[];
  /** Lines about records that have moved to another partition. */
  readonly moved: readonly MovedLine[];
}

/**
 * Reads the records of a raw object as ingestion read them.
 * @throws ConfigurationError if the object no longer exists
 */
export async function readRawLines(lake: Lake, key: string, dt: string): Promise<RawLines> {
  const lines = await lake.get(key).catch((error: unknown) => {
    if (!(error instanceof Error && error.name === 'NoSuchKey')) throw error;
    throw new ConfigurationError(
      `raw object ${key} is in the ledger but not in the bucket: bring back its former version, or leave its date out`,
    );
  });
  const taken: ReadRecord[] = [];
  const moved: MovedLine[] = [];
  for (const json of lines) {
    const record = parseJson(json);
    if (!isObject(record)) continue;
    const { _extracted_at, _batch, ...mark } = record;
    const origin = { dt, extractedAt: String(_extracted_at), batch: String(_batch) };
    // a marker is not a record
    if (mark._none !== true) taken.push({ record, json, ...origin });
    else if ('_moved_to' in mark) moved.push({ mark, ...origin });
  }
  return { taken, moved };
}
