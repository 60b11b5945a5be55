import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { MARSHALL_OPTIONS, QuickPuts } from './quick-puts.ts';

/** AWS clients of a function; region, credentials and endpoints come from the environment. */
export interface AwsClients {
  readonly s3: S3Client;
  readonly dynamodb: DynamoDBDocumentClient;
  readonly secrets: SecretsManagerClient;
  /** Writes items in less time. @default - `dynamodb` writes them */
  readonly puts?: Pick<QuickPuts, 'put'>;
}

export function createAwsClients(): AwsClients {
  const dynamodb = DynamoDBDocumentClient.from(new DynamoDBClient({ maxAttempts: 10 }), {
    // a copy: the document client writes into it
    marshallOptions: { ...MARSHALL_OPTIONS },
  });
  return {
    s3: new S3Client({ maxAttempts: 8 }),
    dynamodb,
    secrets: new SecretsManagerClient({}),
    puts: new QuickPuts(dynamodb),
  };
}
