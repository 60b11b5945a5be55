import { hash } from 'node:crypto';
import * as z from 'zod/mini';
import { parseJson } from '../common/json.ts';
import { readMember } from '../common/json-text.ts';
import type { Line } from './lake-objects.ts';
import type { Rejected, Requeued, Tried } from './lake-records.ts';

const originSchema = z.object({ dt: z.string(), batch: z.string(), added: z.record(z.string(), z.unknown()) });

const entrySchema = z.object({
  /** Unique within its endpoint. */
  entry: z.string(),
  reason: z.string(),
  place: z.string(),
  origin: z.optional(originSchema),
  _extracted_at: z.string(),
  _batch: z.string(),
});

const takenBackSchema = z.object({ entry: z.string(), requeued_at: z.string() });

/** A record in quarantine. */
export interface QuarantineEntry extends z.infer<typeof entrySchema> {
  readonly record: unknown;
  /** The record as the API wrote it. */
  readonly json: string;
}

/** The key of an entry, unique within its endpoint. */
export const toEntryId = ({ json, place, extractedAt }: Pick<Rejected, 'json' | 'place' | 'extractedAt'>): string =>
  hash('sha1', `${place}\n${extractedAt}\n${json}`, 'hex').slice(0, 16);

/** A line of the quarantine: a record that failed validation, with everything that is needed to requeue it later. */
export function formatEntry(
  { json, reason, place, extractedAt, origin, range }: Rejected,
  run: string,
  batch: string,
): Line {
  const entry = toEntryId({ json, place, extractedAt });
  return {
    dt: extractedAt.slice(0, 10),
    json: `{"reason":${JSON.stringify(reason)},"record":${json}}`,
    added: {
      place,
      run,
      entry,
      ...(range && { range }),
      ...(origin && { origin }),
      _extracted_at: extractedAt,
      _batch: batch,
    },
  };
}

/** A line that says that an entry was retried. It is in the entry's partition, so that one window contains both. */
export function formatTried({ entry, dt, at, tries, range }: Tried, run: string, batch: string): Line {
  const json = JSON.stringify({ entry, tried_at: at, tries, ...(range && { range }) });
  return { dt, json, added: { run, _extracted_at: at, _batch: batch } };
}

/** A line that marks an entry as requeued. It is in the entry's partition, so that one window contains both. */
export function formatRequeued({ entry, dt, at }: Requeued, run: string, batch: string): Line {
  return { dt, json: JSON.stringify({ entry, requeued_at: at }), added: { run, _extracted_at: at, _batch: batch } };
}

/** The key of the entry that a line marks as requeued; undefined for any other line. */
export function readRequeued(line: string): string | undefined {
  return takenBackSchema.safeParse(JSON.parse(line)).data?.entry;
}

/** The entry that a line holds; undefined for any other line. */
export function readEntry(line: string): QuarantineEntry | undefined {
  const entry = entrySchema.safeParse(JSON.parse(line)).data;
  const json = entry && readMember(line, 'record');
  return entry && json !== undefined ? { ...entry, json, record: parseJson(json) } : undefined;
}
