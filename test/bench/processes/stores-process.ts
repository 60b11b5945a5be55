import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLocalAws } from '../../../local/aws/local-aws.ts';
import { METRICS_TABLE_KEYS, STATE_TABLE_KEYS } from '../../../packages/reader/table-keys.ts';
import { startMemoryDynamoDb } from './memory-dynamodb.ts';

// Entry of a process: S3 and Secrets Manager embedded in a separate folder, DynamoDB in memory. Sends the environment that clients need.
const folder = await mkdtemp(join(tmpdir(), 'ccaip-bench-'));
const local = await startLocalAws(folder, { secrets: { bench: { username: 'bench', password: 'bench' } } });
process.once('SIGTERM', async () => {
  await local.close();
  await rm(folder, { recursive: true, force: true });
  process.exit();
});
const { METRICS_TABLE, STATE_TABLE } = local.environment;
const { url } = await startMemoryDynamoDb({ [METRICS_TABLE]: METRICS_TABLE_KEYS, [STATE_TABLE]: STATE_TABLE_KEYS });
process.send?.({ ...local.environment, AWS_ENDPOINT_URL_DYNAMODB: url });
