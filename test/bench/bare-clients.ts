import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';

/** Entry of the bundle that a function is compared with: it can talk to S3 and DynamoDB and does nothing. */
export const handler = async (): Promise<string[]> =>
  [new S3Client(), new DynamoDBClient()].map(({ config }) => config.serviceId);
