import pMap from 'p-map';
import type { Endpoint } from '../../catalog/index.ts';
import { formatSequence } from '../aws/state-keys.ts';
import type { Effects } from '../common/effects.ts';
import { ContractError } from '../common/errors.ts';
import { inGroups } from '../common/in-groups.ts';
import type { DayIndex, MovedRecord } from '../days/day-index.ts';
import type { DriftJournal } from '../drift/drift-journal.ts';
import type { MetricsItem } from '../metrics/metrics-item.ts';
import type { MetricsWriter } from '../metrics/metrics-writer.ts';
import { NewestItems } from '../metrics/newest-items.ts';
import { isCall, segmentSession } from '../segments/segment-record.ts';
import type { Attempt } from './attempt.ts';
import { findFarDays } from './far-days.ts';
import type { Lake } from './lake.ts';
import { createLakeObjects, type LakeObject, type Line } from './lake-objects.ts';
import type { LakeBatch, Taken } from './lake-records.ts';
import { createMovedLines, formatMoved, formatMovedSegments } from './moved-lines.ts';
import { formatEntry, formatRequeued, formatTried } from './quarantine-lines.ts';
import { findRepeatedKeys } from './repeated-keys-drift.ts';
import { createSegmentBuilder, createSegmentObjects, formatSegments } from './segment-objects.ts';
import type { StoredObject } from './stored-object.ts';

/** If at least this number of records are all bad, the platform has changed its format, and the records are not the problem. */
const MIN_BAD_RECORDS = 10;

const CONCURRENT_OBJECTS = 8;

/**
 * Number of sessions that are computed without a pause. A request to the platform that becomes due meanwhile is sent afterwards.
 * It is dropped when it is half an interval late: 50 ms at 10 requests per second.
 */
const SESSIONS_BETWEEN_PAUSES = 100;

export interface WriteContext {
  readonly endpoint: Endpoint;
  readonly tenant: string;
  readonly run: string;
  readonly lake: Lake;
  readonly metrics: MetricsWriter;
  /** @default - changes of the records' schema are not detected */
  readonly drift?: Pick<DriftJournal, 'look'>;
  /** Knows the days of earlier versions. @default - the records are not those of a tail */
  readonly days?: Pick<DayIndex, 'add'> | undefined;
  readonly effects: Pick<Effects, 'breathe'>;
}

/**
 * Writes the objects of a batch to the lake, then its items to the metrics table. Nothing of it counts before the commit.
 * @param seq number of the batch
 * @returns the objects written
 * @throws ContractError if a large batch has no good record. Bad records never block good ones
 */
export async function writeBatch(context: WriteContext, batch: LakeBatch, seq: number): Promise<StoredObject[]> {
  const { endpoint, tenant, run, lake, metrics, drift, days, effects } = context;
  checkQuality(endpoint.name, batch);
  const ownBatch = formatSequence(seq);
  const raw = createLakeObjects(
    { zone: 'raw', endpoint: endpoint.name, tenant, seq },
    formatRaw(batch.taken, ownBatch),
  );
  const quarantine = createLakeObjects({ zone: 'quarantine', endpoint: endpoint.name, tenant, seq }, [
    ...batch.rejected.map((rejected) => formatEntry(rejected, run, ownBatch)),
    ...(batch.requeued ?? []).map((taken) => formatRequeued(taken, run, ownBatch)),
    ...(batch.tried ?? []).map((tried) => formatTried(tried, run, ownBatch)),
  ]);
  await effects.breathe();
  const { segments, items } = await computeSessions(context, batch.taken, seq);
  await effects.breathe();
  const changes = createLakeObjects(
    { zone: 'drift', endpoint: endpoint.name, tenant, seq },
    [
      ...((await drift?.look(batch.taken)) ?? []),
      ...(drift === undefined ? [] : [...findFarDays(endpoint, batch), ...findRepeatedKeys(batch)]),
    ].map((change) => ({
      dt: batch.extractedAt.slice(0, 10),
      json: JSON.stringify(change),
      added: { first_seen: batch.extractedAt, run, _extracted_at: batch.extractedAt, _batch: ownBatch },
    })),
  );
  await effects.breathe();
  // a later version has to find every line of this one, also if the run dies after writing it
  const moved = (await days?.add(batch.taken, ownBatch)) ?? [];
  const [superseding = [], superseded = []] = [true, false].map((isInBatch) =>
    createMovedObjects(
      context,
      moved.filter((each) => each.isInBatch === isInBatch),
      seq,
    ),
  );
  const attempt = {
    run,
    objects: [...superseded, ...raw, ...superseding, ...quarantine].filter(({ zone }) => zone !== 'segments').length,
  };
  const put = (objects: readonly LakeObject[]) => putAll(lake, objects, attempt);
  const written = [
    // before raw: a version that is not the newest never appears, also if the run dies
    ...(await put(superseded)),
    ...(await put([...raw, ...segments, ...changes])),
    // after raw: what replaces other versions, or is requeued from the quarantine, is in the lake
    ...(await put(superseding)),
    ...(await put(quarantine)),
  ];
  if (endpoint.segmentMetrics) await metrics.write(items);
  return written;
}

/** One after the other, so that the texts of the lines are not kept. */
function* formatRaw(taken: readonly Taken[], ownBatch: string): Iterable<Line> {
  for (const { json, dt, extractedAt, batch = ownBatch } of taken)
    yield { dt, json, added: { _extracted_at: extractedAt, _batch: batch } };
}

/** Computes what is kept beside sessions: segment objects, and the metrics items of calls. Other records have neither. */
async function computeSessions(
  { endpoint: { channel, segmentMetrics }, tenant, metrics, effects }: WriteContext,
  taken: readonly Taken[],
  seq: number,
): Promise<{ segments: LakeObject[]; items: MetricsItem[] }> {
  if (channel === undefined) return { segments: [], items: [] };
  const ownBatch = formatSequence(seq);
  const segments = createSegmentBuilder(channel, tenant, seq);
  const items = new NewestItems();
  for (const group of inGroups(taken, SESSIONS_BETWEEN_PAUSES)) {
    for (const { record, dt, extractedAt, batch = ownBatch } of group) {
      const session = segmentSession(channel, { record, dt, extractedAt, batch });
      segments.add(formatSegments(session));
      // facts are not kept until the items are written, so they take no space among the old objects
      if (segmentMetrics && isCall(session)) items.add(metrics.createItem(session));
    }
    if (group.length === SESSIONS_BETWEEN_PAUSES) await effects.breathe();
  }
  return { segments: segments.close(), items: items.list() };
}

/** In separate objects: a replay writes the objects of the records again, byte for byte. */
function createMovedObjects(
  { endpoint, tenant }: WriteContext,
  moved: readonly MovedRecord<Taken>[],
  seq: number,
): LakeObject[] {
  const { name, channel } = endpoint;
  const lines = createMovedLines(endpoint, moved);
  return [
    ...createLakeObjects({ zone: 'raw', endpoint: name, tenant, seq }, lines.map(formatMoved)),
    ...(channel === undefined
      ? []
      : createSegmentObjects(
          channel,
          tenant,
          seq,
          lines.map((line) => formatMovedSegments(channel, line)),
        )),
  ];
}

function checkQuality(endpoint: string, { taken, rejected }: LakeBatch): void {
  const first = rejected[0];
  if (first === undefined || rejected.length < MIN_BAD_RECORDS || taken.some(({ marker }) => !marker)) return;
  throw new ContractError(
    `${endpoint}: none of ${rejected.length} records fits its schema (${first.reason} at ${first.place}): the platform's format has changed; nothing of this batch was taken`,
  );
}

function putAll(lake: Lake, objects: readonly LakeObject[], attempt: Attempt): Promise<StoredObject[]> {
  return pMap(
    objects,
    async ({ key, zone, dt, records, body }) => {
      const bytes = await lake.put(key, body, attempt);
      return { key, zone, dt, records, bytes };
    },
    { concurrency: CONCURRENT_OBJECTS },
  );
}
