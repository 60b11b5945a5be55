import pMap from 'p-map';
import type { Endpoint } from '../../catalog/index.ts';
import { sequenceText } from '../aws/state-keys.ts';
import type { Effects } from '../common/effects.ts';
import { ContractError } from '../common/errors.ts';
import { inBreaths } from '../common/in-breaths.ts';
import type { DriftJournal } from '../drift/drift-journal.ts';
import type { MetricsWriter } from '../metrics/metrics-writer.ts';
import { type SegmentedCall, segmentCall } from '../segments/segment-record.ts';
import type { Lake } from './lake.ts';
import { type LakeObject, type Line, lakeObjects } from './lake-objects.ts';
import type { LakeBatch } from './lake-records.ts';
import { entryLine, takenBackLine } from './quarantine-lines.ts';
import { segmentLine, segmentObjects } from './segment-objects.ts';
import type { StoredObject } from './stored-object.ts';

/** Beyond this share of bad records it is the platform's contract that broke, not a record. */
const WORST_SHARE = 0.2;
const FEW = 10;

const CONCURRENT_OBJECTS = 8;

export interface WriteContext {
  readonly endpoint: Endpoint;
  readonly tenant: string;
  readonly run: string;
  readonly lake: Lake;
  readonly metrics: MetricsWriter;
  /** @default - changes of the records' schema are not looked for */
  readonly drift?: Pick<DriftJournal, 'look'>;
  readonly effects: Pick<Effects, 'breathe'>;
}

/**
 * Writes what a batch adds to the lake and to the metrics table, in this order; nothing of it counts before the commit.
 * @param seq number of the batch
 * @returns the objects written
 * @throws ContractError if more than a fifth of a sizeable batch is bad
 */
export async function writeBatch(context: WriteContext, batch: LakeBatch, seq: number): Promise<StoredObject[]> {
  const { endpoint, tenant, run, lake, metrics, drift, effects } = context;
  checkQuality(endpoint.name, batch);
  const ownBatch = sequenceText(seq);
  const raw = lakeObjects(
    { zone: 'raw', endpoint: endpoint.name, tenant, seq },
    batch.taken.map(({ json, dt, extractedAt, batch: parents }) => ({
      dt,
      json,
      added: { _extracted_at: extractedAt, _batch: parents ?? ownBatch },
    })),
  );
  const quarantine = lakeObjects({ zone: 'quarantine', endpoint: endpoint.name, tenant, seq }, [
    ...batch.rejected.map((rejected) => entryLine(rejected, run, ownBatch)),
    ...(batch.takenBack ?? []).map((taken) => takenBackLine(taken, run, ownBatch)),
  ]);
  await effects.breathe();
  const calls: SegmentedCall[] = [];
  const segmentLines: Line[] = [];
  for await (const taken of inBreaths(endpoint.segmentMetrics ? batch.taken : [], effects.breathe)) {
    const call = segmentCall(taken);
    calls.push(call);
    segmentLines.push(segmentLine(seq, call));
  }
  const segments = segmentObjects(tenant, seq, segmentLines);
  await effects.breathe();
  const changes = lakeObjects(
    { zone: 'drift', endpoint: endpoint.name, tenant, seq },
    ((await drift?.look(batch.taken)) ?? []).map((change) => ({
      dt: batch.extractedAt.slice(0, 10),
      json: JSON.stringify(change),
      added: { first_seen: batch.extractedAt, run, _extracted_at: batch.extractedAt, _batch: ownBatch },
    })),
  );
  await effects.breathe();
  const written = await putAll(lake, [...raw, ...segments, ...changes]);
  // after raw: a record that the quarantine shows as taken back is there
  written.push(...(await putAll(lake, quarantine)));
  await metrics.write(calls);
  return written;
}

function checkQuality(endpoint: string, { taken, rejected }: LakeBatch): void {
  const first = rejected[0];
  if (first === undefined || rejected.length < FEW || rejected.length <= (taken.length + rejected.length) * WORST_SHARE)
    return;
  throw new ContractError(
    `${endpoint}: ${rejected.length} of ${taken.length + rejected.length} records do not fit their schema (${first.reason} at ${first.place}): the platform's format has changed; nothing of this batch was taken`,
  );
}

function putAll(lake: Lake, objects: readonly LakeObject[]): Promise<StoredObject[]> {
  return pMap(
    objects,
    async ({ key, zone, dt, lines }) => ({ key, zone, dt, records: lines.length, bytes: await lake.put(key, lines) }),
    { concurrency: CONCURRENT_OBJECTS },
  );
}
