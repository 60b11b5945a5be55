import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLocalAws } from '../../../local/aws/index.ts';

// Entry of a process: embedded S3, DynamoDB and Secrets Manager in a folder of their own; tells the environment that leads to them.
const folder = await mkdtemp(join(tmpdir(), 'ccaip-bench-'));
const local = await startLocalAws(folder, { secrets: { bench: { username: 'bench', password: 'bench' } } });
process.once('SIGTERM', async () => {
  await local.close();
  await rm(folder, { recursive: true, force: true });
  process.exit();
});
process.send?.(local.environment);
