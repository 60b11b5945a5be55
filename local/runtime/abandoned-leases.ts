import { type DynamoDBDocumentClient, ScanCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';

/**
 * Frees the leases in a folder that was just opened. Only one process at a time has a folder open, so whoever held a lease
 * in it was killed, and nobody has to wait until that lease runs out. The next lease of the endpoint still raises the fence and
 * still knows that the run before it did not end: what that run left half done is taken again.
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
