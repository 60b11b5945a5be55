import type { Endpoint } from '../../catalog/index.ts';
import { DayIndex } from '../days/day-index.ts';
import { Lake } from '../lake/lake.ts';
import { CheckpointStore } from '../ledger/checkpoint-store.ts';
import { Ledger } from '../ledger/ledger.ts';
import { MetricsTable } from '../metrics/metrics-table.ts';
import { MetricsWriter } from '../metrics/metrics-writer.ts';
import { parseBaseUrl } from '../platform/base-url.ts';
import { CcaipClient } from '../platform/client.ts';
import { DynamoRateBudget } from '../platform/dynamo-rate-budget.ts';
import { SecretCredential } from '../platform/secret-credential.ts';
import type { IngestRequest } from './ingest-request.ts';

/** A run stops at a batch boundary if less time than this is left, milliseconds. */
export const STOP_BEFORE = 60_000;

/** What the parts of a run are created from. */
export type PartsRequest = Pick<
  IngestRequest,
  'tenant' | 'effects' | 'environment' | 'aws' | 'credentials' | 'timeLeft'
>;

/**
 * Creates the parts that every run needs.
 * @param backfillShare for backfill: its part of the rate beside live work. @default - live work
 */
export function createRunParts(request: PartsRequest, endpoint: Endpoint, backfillShare?: number) {
  const { tenant, effects, environment, aws, credentials, timeLeft } = request;
  const { dynamodb } = aws;
  const table = environment.STATE_TABLE;
  return {
    client: new CcaipClient({
      baseUrl: parseBaseUrl(tenant.baseUrl),
      credentials: credentials?.of(tenant.secretId) ?? new SecretCredential(aws.secrets, tenant.secretId),
      budget: new DynamoRateBudget(dynamodb, table, tenant.name, tenant.requestsPerSecond, effects, backfillShare),
      effects,
      timeLeft,
    }),
    lake: new Lake(aws.s3, environment.LAKE_BUCKET),
    days: DayIndex.create(dynamodb, table, tenant.name, endpoint),
    ledger: new Ledger(dynamodb, table, tenant.name),
    store: new CheckpointStore(dynamodb, table, tenant.name, endpoint.name, effects.now),
    timeIsUp: () => timeLeft() < STOP_BEFORE,
  };
}

/** Creates the writer of a run's metrics. @param keepAlive renews the lease of the run during long writes */
export function createMetricsWriter(request: IngestRequest, keepAlive: () => Promise<void>): MetricsWriter {
  const { tenant, environment, aws, effects, timeLeft } = request;
  const { METRICS_TABLE, METRICS_TTL_DAYS } = environment;
  return new MetricsWriter({
    table: new MetricsTable(aws.dynamodb, METRICS_TABLE),
    tenant: tenant.name,
    ttlDays: METRICS_TTL_DAYS === undefined ? undefined : Number(METRICS_TTL_DAYS),
    effects,
    timeLeft,
    keepAlive,
  });
}
