import { type DynamoDBDocumentClient, ScanCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';

/**
 * Frees every lease of a state table that only one process at a time can open, as in a folder of the command line: a process that
 * held one was killed, and the next run need not wait until the lease ends. The next lease still raises the fencing token and is
 * still told that the run before it did not end.
 * @param now milliseconds since the epoch
 * @returns how many leases were held
 */
export async function freeAbandonedLeases(client: DynamoDBDocumentClient, table: string, now: number): Promise<number> {
  let freed = 0;
  let start: Record<string, unknown> | undefined;
  do {
    const answer = await client.send(
      new ScanCommand({
        TableName: table,
        FilterExpression: 'leaseUntil > :now',
        ProjectionExpression: 'pk, sk',
        ExpressionAttributeValues: { ':now': now },
        ...(start && { ExclusiveStartKey: start }),
      }),
    );
    for (const { pk, sk } of answer.Items ?? []) {
      await client.send(
        new UpdateCommand({
          TableName: table,
          Key: { pk, sk },
          UpdateExpression: 'SET leaseUntil = :free',
          ExpressionAttributeValues: { ':free': 0 },
        }),
      );
      freed += 1;
    }
    start = answer.LastEvaluatedKey;
  } while (start);
  return freed;
}
