import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';

const [, dynamodb] = [new S3Client(), new DynamoDBClient()];

/** Entry of the bundle that a function's first request is compared with: nothing but clients, and one request. */
export const handler = async (): Promise<unknown> =>
  dynamodb.send(new GetItemCommand({ TableName: 'state', Key: { pk: { S: 'bench' }, sk: { S: 'checkpoint' } } }));
