import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/** AWS clients of a function; region, credentials and endpoints come from the environment. */
export interface AwsClients {
  readonly s3: S3Client;
  readonly dynamodb: DynamoDBDocumentClient;
  readonly secrets: SecretsManagerClient;
}

export function createAwsClients(): AwsClients {
  return {
    s3: new S3Client({ maxAttempts: 8 }),
    dynamodb: DynamoDBDocumentClient.from(new DynamoDBClient({ maxAttempts: 10 }), {
      marshallOptions: { removeUndefinedValues: true },
    }),
    secrets: new SecretsManagerClient({}),
  };
}
