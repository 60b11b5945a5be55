import pMap from 'p-map';
import { isObject, parseJson } from '../common/json.ts';
import type { Lake } from '../lake/lake.ts';
import type { StoredObject } from '../lake/stored-object.ts';
import type { BatchObject } from './next-batches.ts';

const CONCURRENT_OBJECTS = 4;

/**
 * Maximum number and compressed bytes of the objects of one batch: entry and position are in one item of 400 kB. A batch writes at most
 * 300 objects. Only runs that failed again and again leave more. The oldest are left out, because they are of attempts that were not
 * committed.
 */
export const MAX_BATCH_OBJECTS = 500;
const MAX_BATCH_BYTES = 16_000_000;

/** A line of a raw object. */
export interface LakeRecord {
  /** The record without the keys `_extracted_at` and `_batch`. */
  readonly record: Readonly<Record<string, unknown>>;
  /** Partition. */
  readonly dt: string;
  readonly extractedAt: string;
  /** Number of the batch with which it was read. */
  readonly batch: string;
  /** Whether it stands for no record. */
  readonly isMarker: boolean;
}

/** What one attempt to write a batch left in the lake. */
export interface AttemptContent {
  /** @default - a release before 1.0.0 wrote it */
  readonly run?: string;
  /** False if some of its objects are missing: it died. */
  readonly isComplete: boolean;
  readonly records: readonly LakeRecord[];
}

/** Everything that is in the lake of a batch, committed or not. */
export interface BatchContent {
  readonly seq: number;
  readonly objects: readonly StoredObject[];
  readonly attempts: readonly AttemptContent[];
  /** Lines of the quarantine. */
  readonly quarantine: readonly string[];
  /** When the newest object was written, milliseconds. */
  readonly writtenAt: number;
  /** Number of objects that were left out. */
  readonly leftOut: number;
}

/** Reads the objects of a batch. An object that was deleted meanwhile is skipped. */
export async function readBatch(lake: Lake, seq: number, listed: readonly BatchObject[]): Promise<BatchContent> {
  const kept = limitObjects(listed);
  const reads = await pMap(kept, async (object) => ({ object, found: await readObject(lake, object.key) }), {
    concurrency: CONCURRENT_OBJECTS,
  });
  const objects: StoredObject[] = [];
  const quarantine: string[] = [];
  const attempts = new Map<string | undefined, { records: LakeRecord[]; found: number; expected: number }>();
  for (const { object, found } of reads) {
    if (found === undefined) continue;
    const { key, zone, dt, bytes } = object;
    const { lines, attempt } = found;
    objects.push({ key, zone, dt, records: lines.length, bytes });
    if (zone !== 'raw' && zone !== 'quarantine') continue;
    const known = attempts.get(attempt?.run) ?? { records: [], found: 0, expected: attempt?.objects ?? 0 };
    attempts.set(attempt?.run, known);
    known.found += 1;
    if (zone === 'quarantine') quarantine.push(...lines);
    else known.records.push(...lines.flatMap((line) => parseLine(line, dt)));
  }
  return {
    seq,
    objects,
    attempts: [...attempts].map(([run, { records, found, expected }]) => ({
      ...(run !== undefined && { run }),
      isComplete: found >= expected,
      records,
    })),
    quarantine,
    writtenAt: Math.max(...kept.map(({ writtenAt }) => writtenAt)),
    leftOut: listed.length - kept.length,
  };
}

/** The newest objects that fit, at least one, in the order of their keys. */
function limitObjects(listed: readonly BatchObject[]): BatchObject[] {
  const kept: BatchObject[] = [];
  let bytes = 0;
  for (const object of listed.toSorted((a, b) => b.writtenAt - a.writtenAt)) {
    bytes += object.bytes;
    if (kept.length >= MAX_BATCH_OBJECTS || (kept.length > 0 && bytes > MAX_BATCH_BYTES)) break;
    kept.push(object);
  }
  return kept.sort((a, b) => (a.key < b.key ? -1 : 1));
}

async function readObject(lake: Lake, key: string): Promise<Awaited<ReturnType<Lake['read']>> | undefined> {
  try {
    return await lake.read(key);
  } catch (error) {
    if (error instanceof Error && error.name === 'NoSuchKey') return undefined;
    throw error;
  }
}

function parseLine(line: string, dt: string): LakeRecord[] {
  const value = parseJson(line);
  if (!isObject(value)) return [];
  const { _extracted_at: extractedAt, _batch: batch, ...record } = value;
  return [{ record, dt, extractedAt: String(extractedAt), batch: String(batch), isMarker: record._none === true }];
}
