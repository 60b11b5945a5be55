import { type DynamoDBDocumentClient, ScanCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';

/**
 * Frees every lease of a state table that only one process at a time can open, such as a folder of the command line. A process
 * that still holds a lease was killed, so the next run need not wait until it expires. The next lease still raises the fencing
 * token and still reports that the previous run did not end.
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
