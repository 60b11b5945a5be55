import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSimulatedTenant } from '../../cli/commands/simulated-tenant.ts';
import { createAwsClients } from '../../lambdas/aws/aws-clients.ts';
import { systemEffects } from '../../lambdas/common/effects.ts';
import { tenantSchema } from '../../lambdas/platform/tenant.ts';
import { ingest } from '../../lambdas/runs/ingest.ts';
import { closeClients } from '../../local/aws/close-clients.ts';
import { startLocalAws } from '../../local/aws/local-aws.ts';
import { METRICS_TABLE_KEYS, STATE_TABLE_KEYS } from '../../packages/reader/table-keys.ts';
import { countOperations, operationsOf } from '../support/counted.ts';
import type { Figure } from './bench-figure.ts';
import { startMemoryDynamoDb } from './processes/memory-dynamodb.ts';

const DAY = 86_400_000;
/** As often as calls are ingested, milliseconds. */
const CADENCE = 5 * 60_000;
const UNIT = 'per 1,000 call versions';

/** Operations that 1,000 call versions cost: one day read afterwards, and one day read every five minutes. */
export async function writeFigures(): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'ccaip-bench-'));
  const centre = await startSimulatedTenant({ days: 2 }, 'bench');
  const local = await startLocalAws(folder, { secrets: centre.secrets });
  const { METRICS_TABLE, STATE_TABLE } = local.environment;
  // the embedded DynamoDB knows no batches of statements
  const tables = await startMemoryDynamoDb({ [METRICS_TABLE]: METRICS_TABLE_KEYS, [STATE_TABLE]: STATE_TABLE_KEYS });
  Object.assign(process.env, local.environment, { AWS_ENDPOINT_URL_DYNAMODB: tables.url });
  const aws = createAwsClients();
  const counts = await countOperations(aws);
  const run = async () => {
    const { records } = await ingest({
      endpoint: 'call',
      tenant: tenantSchema.parse(centre.tenant),
      scheduledTime: new Date(centre.now).toISOString(),
      continuation: 0,
      run: `bench-${centre.now}`,
      timeLeft: () => 900_000,
      environment: local.environment,
      aws,
      effects: systemEffects,
    });
    return records;
  };
  const figures = (how: string, versions: number) => {
    const per = (name: string, test: (operation: string) => boolean): Figure => ({
      name: `${how}: ${name}`,
      value: Math.round((operationsOf(counts, test) / versions) * 10_000) / 10,
      unit: UNIT,
    });
    return [
      per('metrics items put', (operation) => operation === `PutItem ${METRICS_TABLE}`),
      per('metrics items inserted', (operation) => operation === `INSERT ${METRICS_TABLE}`),
      per('requests that insert', (operation) => operation === `BatchExecuteStatement ${METRICS_TABLE}`),
      per(
        'operations on the state table',
        (operation) => operation.endsWith(STATE_TABLE) && !operation.startsWith('BatchExecuteStatement'),
      ),
      per('objects put', (operation) => operation.startsWith('PutObject')),
    ];
  };
  try {
    const start = centre.simulation.startMs;
    centre.now = start + DAY;
    const caughtUp = figures('calls of a day in one catch-up', await run());
    counts.clear();
    let versions = 0;
    for (centre.now = start + DAY + CADENCE; centre.now <= start + 2 * DAY; centre.now += CADENCE)
      versions += await run();
    return [...caughtUp, ...figures('calls of a day every 5 minutes', versions)];
  } finally {
    await closeClients(aws);
    await tables.close();
    await local.close();
    await centre.server.close();
    await rm(folder, { recursive: true });
  }
}
