import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { ENDPOINTS } from '../../../catalog/index.ts';
import { type AwsClients, createAwsClients } from '../../../lambdas/aws/aws-clients.ts';
import { type Environment, environmentSchema } from '../../../lambdas/aws/environment.ts';
import { type Effects, systemEffects } from '../../../lambdas/common/effects.ts';
import { Lake } from '../../../lambdas/lake/lake.ts';
import { type Tenant, tenantSchema } from '../../../lambdas/platform/tenant.ts';
import { ingest } from '../../../lambdas/runs/ingest.ts';
import { locateLake, startLocalAws } from '../../../local/aws/local-aws.ts';

const CREDENTIAL = { username: 'simulator', password: 'simulator' };

/** Real ingestion into embedded stores. */
export interface Ingestion extends AsyncDisposable {
  /** Folder with the lake's files, as the embedded S3 keeps them. */
  readonly lake: string;
  /** Writes objects of the lake. */
  readonly objects: Lake;
  /** Where the ledger is. */
  readonly state: { readonly client: DynamoDBDocumentClient; readonly stateTable: string };
  /** What a function works with. */
  readonly context: {
    readonly aws: AwsClients;
    readonly environment: Environment;
    readonly effects: Effects;
    readonly tenant: Tenant;
  };
  /** Runs the endpoints until each has caught up, parents before the endpoints nested in them. */
  run(endpoints?: readonly string[]): Promise<void>;
}

interface IngestionOptions {
  readonly tenant: string;
  readonly baseUrl: string;
  /** First moment of history, ISO 8601. */
  readonly historyStart: string;
  readonly fetch: typeof fetch;
}

/** Starts embedded stores in a new folder; the folder stays until the ingestion is disposed. */
export async function startIngestion({ fetch, ...options }: IngestionOptions): Promise<Ingestion> {
  const folder = await mkdtemp(join(tmpdir(), 'ccaip-ingestion-'));
  const secretId = options.tenant;
  const local = await startLocalAws(folder, { secrets: { [secretId]: CREDENTIAL } });
  Object.assign(process.env, local.environment);
  const aws = createAwsClients();
  const { tenant: name, baseUrl, historyStart } = options;
  const tenant: Tenant = tenantSchema.parse({ name, secretId, baseUrl, historyStart, requestsPerSecond: 400 });
  const environment = environmentSchema.parse(local.environment);
  const context = { aws, environment, effects: { ...systemEffects, fetch }, tenant };
  const once = async (endpoint: string) =>
    ingest({
      endpoint,
      ...context,
      scheduledTime: new Date().toISOString(),
      continuation: 0,
      run: randomUUID(),
      timeLeft: () => 900_000,
    });
  return {
    context,
    lake: locateLake(folder),
    objects: new Lake(aws.s3, local.environment.LAKE_BUCKET),
    state: { client: aws.dynamodb, stateTable: local.environment.STATE_TABLE },
    run: async (endpoints = ENDPOINTS.map(({ name: endpoint }) => endpoint)) => {
      for (const endpoint of endpoints) while ((await once(endpoint)).outcome !== 'done');
    },
    [Symbol.asyncDispose]: async () => {
      await local.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
