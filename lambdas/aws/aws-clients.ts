import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { S3Objects } from './s3-objects.ts';

/** AWS clients of a function; region, credentials and endpoints come from the environment. */
export interface AwsClients {
  /** The same S3 every time. */
  readonly s3: () => Promise<S3Objects>;
  readonly dynamodb: DynamoDBDocumentClient;
  readonly secrets: SecretsManagerClient;
}

export function createAwsClients(): AwsClients {
  const dynamodb = DynamoDBDocumentClient.from(new DynamoDBClient({ maxAttempts: 10 }), {
    marshallOptions: { removeUndefinedValues: true },
  });
  let s3: Promise<S3Objects> | undefined;
  return {
    s3: () => {
      s3 ??= loadS3();
      return s3;
    },
    dynamodb,
    secrets: new SecretsManagerClient({}),
  };
}

/** Nearly as much code as all the rest of a function; a run that finds nothing new does without it. */
async function loadS3(): Promise<S3Objects> {
  const { openS3 } = await import('#s3-objects');
  return openS3();
}
