import type { Endpoint } from '../../catalog/index.ts';
import { parseEventTime, utcDate } from '../../catalog/timestamp.ts';
import { withMembers } from '../common/json-text.ts';
import type { RawRecord, Taken } from '../lake/lake-records.ts';
import type { QuarantineEntry } from '../lake/quarantine-lines.ts';
import { validate } from '../sources/validate.ts';

/** The outcome for an entry: its record as ingestion would have stored it, or the reason why it still does not fit. */
export type RequeuedEntry = { readonly taken: Taken } | { readonly reason: string };

/**
 * Validates an entry with today's schema. The record keeps the time and the batch with which it was read from the API, so that
 * it never replaces a version that was read later.
 */
export function requeueEntry({ schema, source }: Endpoint, entry: QuarantineEntry): RequeuedEntry {
  const { record, reason } = validate(schema, entry.record);
  if (record === undefined) return { reason };
  const { json, _extracted_at: extractedAt, _batch: batch, origin } = entry;
  switch (source.kind) {
    case 'snapshot':
      return { taken: { record, json, dt: extractedAt.slice(0, 10), extractedAt, batch } };
    case 'tail': {
      const dated = firstTime(record, [source.eventTime, source.cursor]);
      if (dated === null) return { reason: `${source.eventTime}, ${source.cursor}: both missing` };
      return { taken: { record, json, dt: utcDate(dated), extractedAt, batch } };
    }
    case 'nested': {
      if (origin === undefined) return { reason: 'the record it lives in is not known' };
      const { dt, added } = origin;
      return {
        taken: {
          record: { ...record, ...added },
          json: withMembers(json, added),
          dt,
          extractedAt,
          batch: origin.batch,
        },
      };
    }
  }
}

function firstTime(record: RawRecord, fields: readonly string[]): number | null {
  for (const field of fields) {
    const time = parseEventTime(record[field]);
    if (time !== null) return time;
  }
  return null;
}
