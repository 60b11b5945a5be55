import { type DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { headSchema, type LastRun } from './head.ts';
import { HEAD } from './state-keys.ts';

/** Where a tenant's endpoint stands. */
export interface EndpointStatus {
  readonly tenant: string;
  readonly endpoint: string;
  readonly cursor: string | null;
  /** Committed batches. */
  readonly seq: number;
  readonly records: number;
  readonly quarantined: number;
  readonly lastRun: LastRun | null;
  /** Until when a running function holds the lease (UTC); null if none does. */
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
        FilterExpression: 'sk = :head',
        ExpressionAttributeValues: { ':head': HEAD },
        ...(start && { ExclusiveStartKey: start }),
      }),
    );
    for (const item of answer.Items ?? []) statuses.push(statusOf(item, now));
    start = answer.LastEvaluatedKey;
  } while (start);
  return statuses.sort((a, b) => `${a.tenant}#${a.endpoint}`.localeCompare(`${b.tenant}#${b.endpoint}`));
}

function statusOf(item: Record<string, unknown>, now: number): EndpointStatus {
  const head = headSchema.parse(item);
  const [tenant = '', endpoint = ''] = String(item.pk).split('#');
  return {
    tenant,
    endpoint,
    cursor: head.cursor ?? null,
    seq: head.seq,
    records: head.records,
    quarantined: head.quarantined,
    lastRun: head.lastRun ?? null,
    leaseUntil: head.leaseUntil > now ? new Date(head.leaseUntil).toISOString() : null,
  };
}
