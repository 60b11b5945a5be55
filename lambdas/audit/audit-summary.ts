import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { AUDIT, LAST_AUDIT, toStatePartition } from '../aws/state-keys.ts';
import { checkFormat } from '../common/format-version.ts';
import { isProvenWindow, type WindowResult } from './window-result.ts';

/** Format of the item. */
const FORMAT = 1;

const summarySchema = z.object({
  formatVersion: z.int(),
  /** When it compared (UTC). */
  checkedAt: z.string(),
  endpoints: z.int(),
  /** Endpoints of which every window is complete or healed. */
  proven: z.int(),
  windows: z.int(),
  requests: z.int(),
  /** Records that are missing. */
  missing: z.int(),
  /** Records that were missing and are there again. */
  healed: z.int(),
});

/** The last audit of a tenant in numbers. */
export type AuditSummary = Omit<z.infer<typeof summarySchema>, 'formatVersion'>;

export function summarize(results: readonly WindowResult[], checkedAt: string, requests: number): AuditSummary {
  const byEndpoint = Map.groupBy(results, ({ endpoint }) => endpoint);
  const sum = (numbers: readonly number[]) => numbers.reduce((all, each) => all + each, 0);
  return {
    checkedAt,
    endpoints: byEndpoint.size,
    proven: [...byEndpoint.values()].filter((ofEndpoint) => ofEndpoint.every(isProvenWindow)).length,
    windows: results.length,
    requests,
    missing: sum(results.map(({ missing }) => missing.length)),
    healed: sum(results.map(({ healed }) => healed)),
  };
}

/** Stores the summary of a tenant's last audit. An earlier one is replaced. */
export async function storeSummary(
  client: DynamoDBDocumentClient,
  table: string,
  tenant: string,
  summary: AuditSummary,
): Promise<void> {
  const key = { pk: toStatePartition(tenant, AUDIT), sk: LAST_AUDIT };
  await client.send(new PutCommand({ TableName: table, Item: { ...key, formatVersion: FORMAT, ...summary } }));
}

/** The summary of a tenant's last audit; undefined if there was none. @throws ConfigurationError if a newer release wrote it */
export async function readSummary(
  client: DynamoDBDocumentClient,
  table: string,
  tenant: string,
): Promise<AuditSummary | undefined> {
  const key = { pk: toStatePartition(tenant, AUDIT), sk: LAST_AUDIT };
  const { Item: item } = await client.send(new GetCommand({ TableName: table, Key: key }));
  if (item === undefined) return undefined;
  checkFormat(item.formatVersion, FORMAT, `last audit of ${tenant}`);
  const { formatVersion: _, ...summary } = summarySchema.parse(item);
  return summary;
}
