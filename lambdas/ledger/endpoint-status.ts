import { BatchGetCommand, type DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { CHECKPOINT, toStatePartition } from '../aws/state-keys.ts';
import { type LastRun, parseCheckpoint } from './checkpoint.ts';
import { Freshness } from './freshness.ts';
import { readUnreadable, type UnreadableRecord } from './unreadable-records.ts';

/** State of a tenant's endpoint. */
export interface EndpointStatus {
  readonly tenant: string;
  readonly endpoint: string;
  readonly cursor: string | null;
  /** Committed batches. */
  readonly seq: number;
  readonly records: number;
  readonly quarantined: number;
  /** Records that the platform has not been able to deliver yet. They are retried. */
  readonly unreadable: readonly UnreadableRecord[];
  /** Seconds since it was caught up; null before anything was read. */
  readonly lagSeconds: number | null;
  readonly lastRun: LastRun | null;
  /** End of the lease of a running function (UTC); null if no lease is held. */
  readonly leaseUntil: string | null;
}

/**
 * Status of every tenant's endpoints, sorted by tenant and endpoint.
 * @param now milliseconds since the epoch, to tell whether a lease is held
 */
export async function readStatus(
  client: DynamoDBDocumentClient,
  table: string,
  now: number,
): Promise<EndpointStatus[]> {
  const statuses: EndpointStatus[] = [];
  let start: Record<string, unknown> | undefined;
  do {
    const answer = await client.send(
      new ScanCommand({
        TableName: table,
        FilterExpression: 'sk = :checkpoint',
        ExpressionAttributeValues: { ':checkpoint': CHECKPOINT },
        ...(start && { ExclusiveStartKey: start }),
      }),
    );
    for (const item of answer.Items ?? []) statuses.push(statusOf(item, now));
    start = answer.LastEvaluatedKey;
  } while (start);
  return statuses.sort((a, b) => `${a.tenant}#${a.endpoint}`.localeCompare(`${b.tenant}#${b.endpoint}`));
}

/** A tenant's endpoint. */
export interface Place {
  readonly tenant: string;
  readonly endpoint: string;
}

/** Maximum number of items that DynamoDB returns in one request. */
const MAX_KEYS = 100;

/** Reads the status of these places, in their order, including those that have never run. Reads nothing else. */
export async function readStatusOf(
  client: DynamoDBDocumentClient,
  table: string,
  places: readonly Place[],
  now: number,
): Promise<EndpointStatus[]> {
  const checkpoints = new Map<string, Record<string, unknown>>();
  let keys: Record<string, unknown>[] = places.map(({ tenant, endpoint }) => ({
    pk: toStatePartition(tenant, endpoint),
    sk: CHECKPOINT,
  }));
  while (keys.length > 0) {
    const { Responses: found, UnprocessedKeys: rest } = await client.send(
      new BatchGetCommand({ RequestItems: { [table]: { Keys: keys.slice(0, MAX_KEYS), ConsistentRead: true } } }),
    );
    for (const item of found?.[table] ?? []) checkpoints.set(String(item.pk), item);
    keys = [...(rest?.[table]?.Keys ?? []), ...keys.slice(MAX_KEYS)];
  }
  return places.map((place) => {
    const item = checkpoints.get(toStatePartition(place.tenant, place.endpoint));
    return item === undefined ? { ...place, ...NEVER } : statusOf(item, now);
  });
}

const NEVER = {
  cursor: null,
  seq: 0,
  records: 0,
  quarantined: 0,
  unreadable: [],
  lagSeconds: null,
  lastRun: null,
  leaseUntil: null,
};

function statusOf(item: Record<string, unknown>, now: number): EndpointStatus {
  const [tenant = '', endpoint = ''] = String(item.pk).split('#');
  const checkpoint = parseCheckpoint(item, `${tenant} ${endpoint}`);
  return {
    tenant,
    endpoint,
    cursor: checkpoint.cursor ?? null,
    seq: checkpoint.seq,
    records: checkpoint.records,
    quarantined: checkpoint.quarantined,
    unreadable: readUnreadable(checkpoint.position === undefined ? undefined : JSON.parse(checkpoint.position)),
    lagSeconds: new Freshness(checkpoint).lagSeconds(now),
    lastRun: checkpoint.lastRun ?? null,
    leaseUntil: checkpoint.leaseUntil > now ? new Date(checkpoint.leaseUntil).toISOString() : null,
  };
}
