import { isDeepStrictEqual } from 'node:util';
import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Endpoint } from '../../catalog/index.ts';
import { DAY_SHARDS, toCallKey, toDayKey } from '../../packages/reader/metrics-keys.ts';
import { METRICS_TABLE_KEYS } from '../../packages/reader/table-keys.ts';
import { isObject, parseJson } from '../common/json.ts';
import { createMetricsItem } from '../metrics/metrics-item.ts';
import type { MetricsTable } from '../metrics/metrics-table.ts';
import { METRICS_VERSION } from '../segments/metric-results.ts';
import { isCall, segmentSession, toSegmentRecord } from '../segments/segment-record.ts';
import { listHealRanges } from './audit-tail.ts';
import type { DatedRecord, SampledSession } from './audited-lake.ts';
import type { AuditPart, WindowResult } from './window-result.ts';

const DAY = 86_400_000;

/** Compares what is computed with what it is computed from: one result per day and part. */
interface SessionDay {
  readonly dt: string;
  readonly records: readonly DatedRecord[];
}

/** Sessions by day, without those that changed too recently to be compared. */
export function groupByDay(
  records: readonly DatedRecord[],
  days: ReadonlySet<string>,
  quietUntil: number,
): SessionDay[] {
  const quiet = records.filter(({ at, dt }) => at <= quietUntil && days.has(dt));
  return [...Map.groupBy(quiet, ({ dt }) => dt)]
    .map(([dt, ofDay]) => ({ dt, records: ofDay }))
    .sort((a, b) => (a.dt < b.dt ? -1 : 1));
}

/** Finds the sessions whose segments and facts are missing, or were computed from another version. */
export function auditSegments({ name }: Endpoint, { dt, records }: SessionDay, odd: ReadonlySet<string>): WindowResult {
  const missing = records.filter(({ id, hasSegments }) => hasSegments !== true || odd.has(id));
  return createResult(name, 'segments', dt, records, missing);
}

/** Finds the calls that have no item in the metrics table. */
export async function auditMetrics(
  client: DynamoDBDocumentClient,
  table: string,
  tenant: string,
  { name }: Endpoint,
  { dt, records }: SessionDay,
  odd: ReadonlySet<string>,
): Promise<WindowResult> {
  const keys = await readCallKeys(client, table, tenant, dt);
  const missing = records.filter(({ id }) => odd.has(id) || !keys.has(toCallKey(tenant, id)));
  return createResult(name, 'metrics', dt, records, missing);
}

/** Reads the keys of all items of a day from the index. */
async function readCallKeys(
  client: DynamoDBDocumentClient,
  table: string,
  tenant: string,
  dt: string,
): Promise<ReadonlySet<string>> {
  const keys = new Set<string>();
  for (let shard = 0; shard < DAY_SHARDS; shard++) {
    let start: Record<string, unknown> | undefined;
    do {
      const answer = await client.send(
        new QueryCommand({
          TableName: table,
          IndexName: 'by_day',
          KeyConditionExpression: 'day_key = :day',
          ExpressionAttributeValues: { ':day': toDayKey(tenant, dt, shard) },
          ProjectionExpression: METRICS_TABLE_KEYS.partition,
          ...(start && { ExclusiveStartKey: start }),
        }),
      );
      for (const item of answer.Items ?? []) keys.add(String(item[METRICS_TABLE_KEYS.partition]));
      start = answer.LastEvaluatedKey;
    } while (start);
  }
  return keys;
}

/** Sessions whose computed values differ from what their raw record gives. */
export interface OddSessions {
  readonly segments: ReadonlySet<string>;
  readonly metrics: ReadonlySet<string>;
}

/** Attributes that say when an item was written, and not what it says. */
const WRITTEN = new Set(['ingested_at', 'source_batch', 'expires_at']);

/**
 * Computes a sample again and compares it with what is stored.
 * @param metrics the metrics table. @default - the sessions have no items
 */
export async function findOddSessions(
  { channel }: Endpoint,
  tenant: string,
  sample: readonly SampledSession[],
  metrics: Pick<MetricsTable, 'getMany'> | undefined,
): Promise<OddSessions> {
  const segments = new Set<string>();
  const odd = new Set<string>();
  if (channel === undefined || sample.length === 0) return { segments, metrics: odd };
  const items = await metrics?.getMany(sample.map(({ id }) => toCallKey(tenant, id)));
  for (const { id, dt, line, computed } of sample) {
    const record = parseJson(line);
    const stored = parseJson(computed);
    if (!isObject(record) || !isObject(stored)) continue;
    const { _extracted_at, _batch, ...sent } = record;
    const version = { record: sent, dt, extractedAt: String(_extracted_at), batch: String(_batch) };
    if (stored.metrics_version !== METRICS_VERSION) continue; // a replay brings it up to date
    const session = segmentSession(channel, version);
    const expected = writeAsStored(toSegmentRecord(session));
    const { _extracted_at: readAt, _batch: readWith, ...kept } = stored;
    if (Object.keys(expected).some((key) => !isDeepStrictEqual(expected[key], writeAsStored(kept)[key])))
      segments.add(id);
    const item = items?.get(toCallKey(tenant, id));
    if (item === undefined || item.metrics_version !== METRICS_VERSION || !isCall(session)) continue;
    const wanted = writeAsStored(createMetricsItem(tenant, session));
    const differs = Object.keys(wanted).some(
      (key) => !WRITTEN.has(key) && !isDeepStrictEqual(wanted[key], writeAsStored(item)[key]),
    );
    if (differs) odd.add(id);
  }
  return { segments, metrics: odd };
}

/** A value as JSON holds it, so that both sides are written alike. */
function writeAsStored(value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const parsed: unknown = JSON.parse(JSON.stringify(value));
  return isObject(parsed) ? parsed : {};
}

function createResult(
  endpoint: string,
  part: AuditPart,
  dt: string,
  records: readonly DatedRecord[],
  missing: readonly DatedRecord[],
): WindowResult {
  const from = Date.parse(`${dt}T00:00:00.000Z`);
  return {
    endpoint,
    part,
    from,
    until: from + DAY - 1,
    countedBy: 'raw',
    platformCount: records.length,
    lakeCount: records.length - missing.length,
    missing: missing.map(({ id }) => id),
    healed: 0,
    ...{ missingUpstream: [], shownAgain: [], setAside: 0, changed: 0, reason: null },
    heal: listHealRanges(
      endpoint,
      missing.map(({ at }) => at),
    ),
  };
}
