import type { AwsClients } from '../../lambdas/aws/aws-clients.ts';

/** Closes the connections of clients. */
export async function closeClients(aws: Pick<AwsClients, 's3' | 'dynamodb' | 'secrets'>): Promise<void> {
  const { client: s3 } = await aws.s3();
  for (const client of [s3, aws.dynamodb, aws.secrets]) client.destroy();
}
