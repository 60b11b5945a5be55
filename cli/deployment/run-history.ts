import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { batchKey, LAST_BATCH, partitionOf } from '../../lambdas/aws/state-keys.ts';
import { type LedgerBatch, ledgerBatchSchema } from '../../lambdas/ledger/ledger-entry.ts';

/** What one run committed, from the ledger. */
export interface RunRecord {
  readonly run: string;
  /** Nominal time of the schedule that started it (UTC). */
  readonly scheduledTime: string;
  /** Its last commit (UTC). */
  readonly committedAt: string;
  readonly batches: number;
  readonly records: number;
  readonly quarantined: number;
  readonly requests: number;
  readonly objects: number;
}

/** A run of more batches than this is shown with its last ones. */
const MOST_BATCHES = 500;

/** The last runs that committed anything, the newest first. */
export async function lastRuns(
  client: DynamoDBDocumentClient,
  table: string,
  { tenant, endpoint }: { readonly tenant: string; readonly endpoint: string },
  most: number,
): Promise<RunRecord[]> {
  const runs = new Map<string, RunRecord>();
  let read = 0;
  let start: Record<string, unknown> | undefined;
  do {
    const answer = await client.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: 'pk = :pk and sk between :first and :last',
        ExpressionAttributeValues: { ':pk': partitionOf(tenant, endpoint), ':first': batchKey(0), ':last': LAST_BATCH },
        ScanIndexForward: false,
        Limit: 50,
        ...(start && { ExclusiveStartKey: start }),
      }),
    );
    for (const item of answer.Items ?? []) {
      const batch = ledgerBatchSchema.parse(item);
      if (!runs.has(batch.run) && runs.size === most) return [...runs.values()];
      runs.set(batch.run, added(runs.get(batch.run), batch));
      read += 1;
    }
    start = answer.LastEvaluatedKey;
  } while (start && read < MOST_BATCHES);
  return [...runs.values()];
}

function added(run: RunRecord | undefined, batch: LedgerBatch): RunRecord {
  return {
    run: batch.run,
    scheduledTime: batch.scheduledTime,
    committedAt: run?.committedAt ?? batch.committedAt,
    batches: (run?.batches ?? 0) + 1,
    records: (run?.records ?? 0) + batch.records,
    quarantined: (run?.quarantined ?? 0) + batch.quarantined,
    requests: (run?.requests ?? 0) + batch.requests,
    objects: (run?.objects ?? 0) + batch.objects.length,
  };
}
