import { access, constants, mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Environment } from '../../lambdas/aws/environment.ts';
import { DAILY_QUEUE_TOTALS_KEYS, METRICS_TABLE_KEYS, STATE_TABLE_KEYS } from '../../packages/reader/table-keys.ts';
import { startStores } from './embedded-stores.ts';
import { createTables } from './embedded-tables.ts';
import { LocalAwsError, readErrorCode } from './local-aws-error.ts';
import { type LocalCredential, startSecretStore } from './secret-store.ts';

const REGION = 'us-east-1';
/** s3rver checks signatures with these keys. The other stores accept any. */
const KEY = 'S3RVER';
const BUCKET = 'ccaip-lake';
const METRICS_TABLE = 'ccaip-metrics';
const STATE_TABLE = 'ccaip-state';
const TOTALS_TABLE = 'ccaip-daily-queue-totals';

export interface LocalAwsOptions {
  /** Credentials by name of their secret. They stay in memory. */
  readonly secrets: Readonly<Record<string, LocalCredential>>;
  /**
   * Called with each change of the metrics table, a DynamoDB stream record as JSON.
   * @default - changes are ignored
   */
  readonly onMetricsChange?: ((record: string) => void) | undefined;
}

/** S3, DynamoDB and Secrets Manager in this process, with their data in a folder. */
export interface LocalAws {
  /** Environment of the functions. Set it before the first AWS client is created. */
  readonly environment: Environment & Readonly<Record<string, string>> & { readonly TOTALS_TABLE: string };
  /** Resolves when every earlier change of the metrics table has been reported. */
  told(): Promise<void>;
  close(): Promise<void>;
}

/** Locates the folder of the lake inside the folder of an embedded AWS. */
export const locateLake = (folder: string): string => join(folder, 's3', BUCKET);

/**
 * Starts the embedded AWS over a folder and keeps its data.
 * @throws LocalAwsError if the folder cannot be used or another process has it open
 */
export async function startLocalAws(folder: string, { secrets, onMetricsChange }: LocalAwsOptions): Promise<LocalAws> {
  const root = resolve(folder);
  await makeFolders(root);
  const database = join(root, 'dynamodb');
  const stores = await startStores(
    {
      s3: join(root, 's3'),
      bucket: BUCKET,
      dynamodb: database,
      ...(onMetricsChange && { follow: { table: METRICS_TABLE, keys: [METRICS_TABLE_KEYS.partition] } }),
    },
    onMetricsChange,
  );
  try {
    await createTables(
      {
        endpoint: stores.dynamodb,
        region: REGION,
        credentials: { accessKeyId: KEY, secretAccessKey: KEY },
      },
      {
        [METRICS_TABLE]: METRICS_TABLE_KEYS,
        [STATE_TABLE]: STATE_TABLE_KEYS,
        [TOTALS_TABLE]: DAILY_QUEUE_TOTALS_KEYS,
      },
      database,
    );
    const secretStore = await startSecretStore(secrets);
    return {
      environment: environmentOf(root, { ...stores, secretsManager: secretStore.url }),
      told: () => stores.told(),
      close: async () => {
        await Promise.all([stores.close(), secretStore.close()]);
      },
    };
  } catch (error) {
    await stores.close();
    throw error;
  }
}

function environmentOf(root: string, urls: { s3: string; dynamodb: string; secretsManager: string }) {
  return {
    LAKE_BUCKET: BUCKET,
    METRICS_TABLE,
    STATE_TABLE,
    TOTALS_TABLE,
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: KEY,
    AWS_SECRET_ACCESS_KEY: KEY,
    AWS_ENDPOINT_URL_S3: urls.s3,
    AWS_ENDPOINT_URL_DYNAMODB: urls.dynamodb,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: urls.secretsManager,
    // settings of a real account on this machine must not interfere
    AWS_PROFILE: '',
    AWS_SESSION_TOKEN: '',
    AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'false',
    AWS_USE_FIPS_ENDPOINT: 'false',
    AWS_USE_DUALSTACK_ENDPOINT: 'false',
    AWS_CONFIG_FILE: join(root, 'no-aws-config'),
    AWS_SHARED_CREDENTIALS_FILE: join(root, 'no-aws-credentials'),
  };
}

async function makeFolders(root: string): Promise<void> {
  for (const folder of [root, join(root, 's3', BUCKET), join(root, 'dynamodb')]) {
    try {
      await mkdir(folder, { recursive: true });
      await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    } catch (error) {
      throw new LocalAwsError(folderProblem(folder, readErrorCode(error)));
    }
  }
}

function folderProblem(folder: string, code: string): string {
  switch (code) {
    case 'EEXIST':
    case 'ENOTDIR':
      return `${folder} is not a folder. Choose another one with --dir`;
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return `${folder} cannot be read and written. Change its permissions or choose another folder with --dir`;
    case 'ENOSPC':
      return `${folder} cannot be created because the disk is full. Free space or choose another folder with --dir`;
    default:
      return `${folder} cannot be used (${code}). Choose another folder with --dir`;
  }
}
