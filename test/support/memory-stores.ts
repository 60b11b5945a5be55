import type { AwsClients } from '../../lambdas/aws/aws-clients.ts';
import { METRICS_TABLE_KEYS, STATE_TABLE_KEYS } from '../../packages/reader/table-keys.ts';
import { FakeDynamoDb } from '../chaos/aws/fake-dynamodb.ts';
import { FakeS3 } from '../chaos/aws/fake-s3.ts';
import { s3Over } from './s3-over.ts';
import type { Stores } from './test-stores.ts';

const ENVIRONMENT = { LAKE_BUCKET: 'lake', METRICS_TABLE: 'metrics', STATE_TABLE: 'state' };

const TABLES = { metrics: METRICS_TABLE_KEYS, state: STATE_TABLE_KEYS };

/** Stores in memory. */
export interface MemoryStores extends Pick<Stores, 'aws' | 'fresh'> {
  /** Deletes both tables and creates them again, empty. */
  readonly dropTables: () => void;
}

/** Stores in memory without a server: where a test needs hundreds of fresh ones. */
export function memoryStores(): MemoryStores {
  let dynamodb = new FakeDynamoDb(TABLES);
  const s3 = new FakeS3();
  const clients = {
    dynamodb: { send: async (command: unknown) => dynamodb.execute(command) },
    s3: s3Over({ send: async (command: unknown) => s3.execute(command) }),
    secrets: { send: async () => ({ SecretString: '{"username":"acme","password":"a-secret-token"}' }) },
  };
  // the stores only ever call send
  return {
    aws: clients as unknown as AwsClients,
    fresh: async () => ENVIRONMENT,
    dropTables: () => {
      dynamodb = new FakeDynamoDb(TABLES);
    },
  };
}
