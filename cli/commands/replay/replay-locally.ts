import { readStatus } from '../../../lambdas/ledger/endpoint-status.ts';
import { replay } from '../../../lambdas/replay/replay.ts';
import { requeue } from '../../../lambdas/replay/requeue.ts';
import type { Replays } from '../../deployment/replay-target.ts';
import { CommandError } from '../../terminal/failure.ts';
import type { Shell } from '../../terminal/shell.ts';
import { type LocalInvocations, withLocalInvocations } from './local-invocations.ts';

/**
 * Replays on this machine in the same way as the function, in the folder of an embedded AWS.
 * @throws CommandError if nothing was ingested into the folder
 */
export const withLocalReplays = <T>(shell: Shell, folder: string, work: (replays: Replays) => Promise<T>): Promise<T> =>
  withLocalInvocations(shell, folder, (invocations) => work(createLocalReplays(invocations, shell.now)));

/** Creates the replays of a folder that is open. */
export function createLocalReplays(
  { environment, aws, create, repeat, isInterrupted }: LocalInvocations,
  now: () => number,
): Replays {
  return {
    tenants: async (endpoints) => {
      const names = new Set(endpoints.map(({ name }) => name));
      const statuses = await readStatus(aws.dynamodb, environment.STATE_TABLE, now());
      return [...new Set(statuses.filter(({ endpoint }) => names.has(endpoint)).map(({ tenant }) => tenant))];
    },
    run: (target, onProgress) => repeat('replay', (invocation) => replay({ ...target, ...invocation, onProgress })),
    takeBack: async ({ endpoint, tenant, options: { dryRun } }) => {
      for (let taken = 0; ; ) {
        const summary = await requeue({ endpoint, tenant, dryRun, ...create(0) });
        taken += summary.taken;
        if (summary.outcome === 'done') return { ...summary, taken };
        if (isInterrupted() || summary.outcome === 'lease_held')
          throw new CommandError('stopped before the end. Repeat the command to continue');
      }
    },
  };
}
