import type { SQSClient } from '@aws-sdk/client-sqs';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type * as z from 'zod/mini';
import { ENDPOINTS } from '../../catalog/index.ts';
import { readTimestamp } from '../../catalog/timestamp.ts';
import { toStatePartition } from '../aws/state-keys.ts';
import { readStatusOf } from '../ledger/endpoint-status.ts';
import { Ledger } from '../ledger/ledger.ts';
import { findCurationLag } from './curation-lag.ts';
import { type DeadLetterCounts, judgeDeadLetters } from './dead-letters.ts';
import { computeTargetMinutes, type ExpectedPlace, listExpectedPlaces } from './expected-places.ts';
import { FirstSight } from './first-sight.ts';
import { isSilent } from './silent-endpoints.ts';
import type { watchEventSchema } from './watch-event.ts';

/** What is wrong with a tenant. */
export interface TenantFindings {
  /** Endpoints that should have caught up by now. */
  readonly behind: readonly string[];
  /** Endpoints whose platform has sent no new record for hours, unlike a week earlier. */
  readonly silent: readonly string[];
}

/** What one check found. */
export interface WatchReport {
  readonly tenants: Readonly<Record<string, TenantFindings>>;
  /** Curated tables that lack batches, as `<table> of <tenant>`. */
  readonly curation: readonly string[];
  readonly deadLetters: DeadLetterCounts;
}

interface WatchContext {
  readonly dynamodb: DynamoDBDocumentClient;
  readonly sqs: SQSClient;
  readonly stateTable: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Compares what a deployment has done with what it is expected to do. It reads state and queues, and asks no platform. */
export async function checkDeployment(
  event: z.output<typeof watchEventSchema>,
  context: WatchContext,
): Promise<WatchReport> {
  const { dynamodb, sqs, stateTable, now } = context;
  const places = listExpectedPlaces(event.tenants);
  const statuses = await readStatusOf(dynamodb, stateTable, places, now);
  const found = places.map((place, index) => ({ place, status: statuses[index] }));
  const unread = found.filter(({ status }) => (status?.lagSeconds ?? null) === null);
  const since = await new FirstSight(dynamodb, stateTable).remember(
    unread.map(({ place }) => partitionOf(place)),
    now,
  );
  const late = new Map<ExpectedPlace, boolean>();
  const silent = new Set<ExpectedPlace>();
  for (const { place, status } of found) {
    const waited = (now - (since.get(partitionOf(place)) ?? now)) / 1000;
    const isLate = (status?.lagSeconds ?? waited) > computeTargetMinutes(place.everyMinutes) * 60;
    late.set(place, isLate);
    if (isLate || place.source.kind !== 'tail' || status === undefined) continue;
    const ledger = new Ledger(dynamodb, stateTable, place.tenant);
    if (await isSilent(ledger, place.endpoint, status.seq, now)) silent.add(place);
  }
  const of = (tenant: string, isWanted: (place: ExpectedPlace) => boolean) =>
    places.filter((place) => place.tenant === tenant && isWanted(place)).map(({ endpoint }) => endpoint);
  const caughtUpAt = found.flatMap(({ place, status }): [string, number][] => {
    const time = status?.lastRun?.caughtUpAt;
    return time === undefined ? [] : [[partitionOf(place), readTimestamp(time)]];
  });
  const lag = await findCurationLag(dynamodb, stateTable, event, now);
  return {
    tenants: Object.fromEntries(
      Object.keys(event.tenants).map((tenant) => [
        tenant,
        { behind: of(tenant, (place) => late.get(place) === true), silent: of(tenant, (place) => silent.has(place)) },
      ]),
    ),
    curation: lag.map(({ table, tenant }) => `${table} of ${tenant}`),
    deadLetters: await judgeDeadLetters(sqs, listQueues(event), new Map(caughtUpAt), now),
  };
}

const partitionOf = ({ tenant, endpoint }: ExpectedPlace) => toStatePartition(tenant, endpoint);

const listQueues = ({ deployment, queues: others }: z.output<typeof watchEventSchema>) => ({
  endpoints: ENDPOINTS.flatMap(({ name }) => ['failed', 'undelivered'].map((kind) => `${deployment}-${name}-${kind}`)),
  others,
});
