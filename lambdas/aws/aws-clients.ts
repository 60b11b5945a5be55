import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { S3Objects } from './s3-objects.ts';

/** Endpoint and credentials of a client. */
export type ServiceSettings = Pick<
  DynamoDBClientConfig,
  'region' | 'credentials' | 'endpoint' | 'profile' | 'logger' | 'requestHandler'
>;

type Service = 'DYNAMODB' | 'S3' | 'SECRETS_MANAGER';

/** AWS clients of a function. */
export interface AwsClients {
  /** Returns the same S3 client every time. */
  readonly s3: () => Promise<S3Objects>;
  readonly dynamodb: DynamoDBDocumentClient;
  readonly secrets: SecretsManagerClient;
}

/** @param settingsOf settings of a client. @default - region, credentials and endpoints come from the environment */
export function createAwsClients(settingsOf: (service: Service) => ServiceSettings = () => ({})): AwsClients {
  const dynamodb = DynamoDBDocumentClient.from(new DynamoDBClient({ ...settingsOf('DYNAMODB'), maxAttempts: 10 }), {
    marshallOptions: { removeUndefinedValues: true },
  });
  let s3: Promise<S3Objects> | undefined;
  return {
    s3: () => {
      s3 ??= loadS3(settingsOf('S3'));
      return s3;
    },
    dynamodb,
    secrets: new SecretsManagerClient(settingsOf('SECRETS_MANAGER')),
  };
}

/** Nearly as much code as the rest of a function. A run that finds nothing new does not load it. */
async function loadS3(settings: ServiceSettings): Promise<S3Objects> {
  const { openS3 } = await import('#s3-objects');
  return openS3(settings);
}
