import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createAwsClients } from '../../../lambdas/aws/aws-clients.ts';
import { systemEffects } from '../../../lambdas/common/effects.ts';
import { readStatus } from '../../../lambdas/ledger/endpoint-status.ts';
import { replay } from '../../../lambdas/replay/replay.ts';
import { requeue } from '../../../lambdas/replay/requeue.ts';
import { readClientSettings } from '../../../local/aws/client-settings.ts';
import { closeClients } from '../../../local/aws/close-clients.ts';
import { startLocalAws } from '../../../local/aws/local-aws.ts';
import type { Replays } from '../../deployment/replay-target.ts';
import { CommandError } from '../../terminal/failure.ts';
import type { Shell } from '../../terminal/shell.ts';
import { requireLake } from '../existing-lake.ts';

/** Time limit of a Lambda function, milliseconds. */
const TIME_LIMIT = 15 * 60_000;

/** A killed replay keeps its lease for two minutes. */
const LEASE_TRIES = 30;
const LEASE_PAUSE = 5_000;

/**
 * Replays on this machine in the same way as the function, in the folder of an embedded AWS.
 * @throws CommandError if nothing was ingested into the folder
 */
export async function withLocalReplays<T>(
  { stderr, now }: Shell,
  folder: string,
  work: (replays: Replays) => Promise<T>,
): Promise<T> {
  await requireLake(folder);
  const { environment, close } = await startLocalAws(folder, { secrets: {} });
  const aws = createAwsClients(readClientSettings(environment));
  let interrupted = false;
  const stop = () => {
    interrupted = true;
    stderr.write('stopping after this part (press Ctrl-C again to stop at once)\n');
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const base = () => {
    const deadline = performance.now() + TIME_LIMIT;
    const timeLeft = () => (interrupted ? 0 : deadline - performance.now());
    return { run: randomUUID(), timeLeft, environment, aws, effects: systemEffects };
  };
  try {
    return await work({
      tenants: async (endpoints) => {
        const names = new Set(endpoints.map(({ name }) => name));
        const statuses = await readStatus(aws.dynamodb, environment.STATE_TABLE, now());
        return [...new Set(statuses.filter(({ endpoint }) => names.has(endpoint)).map(({ tenant }) => tenant))];
      },
      run: async (target, onProgress) => {
        for (let continuation = 0, tries = 0; ; ) {
          const summary = await replay({ ...target, ...base(), continuation, onProgress });
          if (summary.outcome === 'done') return summary;
          if (interrupted) throw new CommandError('stopped before the end. Repeat the command to continue');
          if (summary.outcome === 'more') continuation += 1;
          else if (++tries > LEASE_TRIES)
            throw new CommandError('another replay is running. Try again when it has ended');
          else await sleep(LEASE_PAUSE);
        }
      },
      takeBack: async ({ endpoint, tenant, options: { dryRun } }) => {
        for (let taken = 0; ; ) {
          const summary = await requeue({ endpoint, tenant, dryRun, ...base(), continuation: 0 });
          taken += summary.taken;
          if (summary.outcome === 'done') return { ...summary, taken };
          if (interrupted || summary.outcome === 'lease_held')
            throw new CommandError('stopped before the end. Repeat the command to continue');
        }
      },
    });
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
    await closeClients(aws);
    await close();
  }
}
