import { BatchGetCommand, type DynamoDBDocumentClient, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { METRICS_TABLE_KEYS } from './table-keys.ts';

/**
 * The metrics table and a client to read it.
 *
 * @example
 * ```ts
 * const metrics: MetricsTableReference = {
 *   client: DynamoDBDocumentClient.from(new DynamoDBClient({})),
 *   table: 'Ccaip-Metrics',
 * };
 * ```
 */
export interface MetricsTableReference {
  /** A document client with region and credentials. */
  readonly client: Pick<DynamoDBDocumentClient, 'send'>;
  /** Name of the table, which is the output `MetricsTable` of the stack. */
  readonly table: string;
}

/** An entry of an index, with all that indexes hold. */
const entrySchema = z.object({ call_key: z.string(), created_at: z.string() });

export type Entry = z.infer<typeof entrySchema>;

/** Range of call starts, ISO 8601 in UTC with milliseconds. `from` is inclusive, `to` is exclusive. */
export interface Between {
  readonly from: string;
  readonly to: string;
}

/** Reads the entries of one partition of an index, ordered by `created_at`. */
export async function* queryEntries(
  { client, table }: MetricsTableReference,
  index: keyof typeof METRICS_TABLE_KEYS.indexes,
  key: string,
  { from, to }: Between,
): AsyncGenerator<Entry> {
  let start: Record<string, unknown> | undefined;
  do {
    const answer = await client.send(
      new QueryCommand({
        TableName: table,
        IndexName: index,
        KeyConditionExpression: '#key = :key AND created_at BETWEEN :from AND :to',
        ProjectionExpression: 'call_key, created_at',
        ExpressionAttributeNames: { '#key': METRICS_TABLE_KEYS.indexes[index]?.partition ?? index },
        ExpressionAttributeValues: { ':key': key, ':from': from, ':to': to },
        ...(start && { ExclusiveStartKey: start }),
      }),
    );
    for (const item of answer.Items ?? []) {
      const entry = z.parse(entrySchema, item);
      if (entry.created_at < to) yield entry;
    }
    start = answer.LastEvaluatedKey;
  } while (start);
}

/** Reads the current item of a call. */
export async function readItem({ client, table }: MetricsTableReference, key: string): Promise<unknown> {
  const { Item: item } = await client.send(
    new GetCommand({ TableName: table, Key: { call_key: key }, ConsistentRead: true }),
  );
  return item;
}

const RETRIES = 8;

/**
 * Reads at most 100 items by key and leaves out missing items. Requests again what DynamoDB leaves unprocessed.
 * @throws Error if the table stays throttled
 */
export async function readItems(
  { client, table }: MetricsTableReference,
  keys: readonly string[],
): Promise<ReadonlyMap<string, Record<string, unknown>>> {
  const items = new Map<string, Record<string, unknown>>();
  let wanted: Record<string, unknown>[] = keys.map((call_key) => ({ call_key }));
  for (let attempt = 0; wanted.length > 0; attempt++) {
    if (attempt > 0) await pause(10 * 2 ** attempt);
    const answer = await client.send(new BatchGetCommand({ RequestItems: { [table]: { Keys: wanted } } }));
    for (const item of answer.Responses?.[table] ?? []) items.set(String(item.call_key), item);
    wanted = answer.UnprocessedKeys?.[table]?.Keys ?? [];
    if (wanted.length > 0 && attempt === RETRIES)
      throw new Error(`table ${table} is throttled. ${wanted.length} items could not be read in ${RETRIES} attempts`);
  }
  return items;
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
