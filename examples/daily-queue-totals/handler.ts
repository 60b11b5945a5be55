import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import * as z from 'zod/mini';
import { followChanges } from './follow.ts';
import { TotalsTable } from './totals-table.ts';

const environmentSchema = z.object({
  TOTALS_TABLE: z.string().check(z.minLength(1)),
  /** Seconds in the queue within which a call counts as answered in time. */
  SERVICE_LEVEL_SECONDS: z.string().check(z.regex(/^\d+$/, 'a whole number of seconds')),
});

let table: TotalsTable | undefined;

/**
 * Function on the stream of the metrics table. If a record cannot be read, the whole batch fails. Lambda then divides the batch
 * until it has found that record. All other records are processed, once or several times.
 */
export async function handler({ Records }: DynamoDBStreamEvent): Promise<void> {
  table ??= openTable();
  await followChanges(Records, table);
}

function openTable(): TotalsTable {
  const { TOTALS_TABLE, SERVICE_LEVEL_SECONDS } = environmentSchema.parse(process.env);
  return new TotalsTable({
    client: DynamoDBDocumentClient.from(new DynamoDBClient({ maxAttempts: 10 }), {
      marshallOptions: { removeUndefinedValues: true },
    }),
    table: TOTALS_TABLE,
    serviceLevelSeconds: Number(SERVICE_LEVEL_SECONDS),
  });
}
