import type { AwsClients } from '../../lambdas/aws/aws-clients.ts';

/** Ends the connections of clients that are not needed any more. */
export async function closeClients(aws: Pick<AwsClients, 's3' | 'dynamodb' | 'secrets'>): Promise<void> {
  const { client: s3 } = await aws.s3();
  for (const client of [s3, aws.dynamodb, aws.secrets]) client.destroy();
}
