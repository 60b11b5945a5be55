import { rebuildName } from '../../lambdas/aws/state-keys.ts';
import { CheckpointStore } from '../../lambdas/ledger/checkpoint-store.ts';
import { parseRebuildPosition, rebuildSummarySchema } from '../../lambdas/rebuild/rebuild-position.ts';
import { nameFunction } from '../../lib/configuration/resource-names.ts';
import type { Deployment } from './deployment.ts';
import { askFunction, followRun, PAUSE } from './follow-run.ts';
import type { Rebuilds } from './rebuild-target.ts';
import { openDeployedReplays } from './replays.ts';

/** Rebuilds with the replay function of a deployment. Starts it and follows its progress in the state table. */
export async function openDeployedRebuilds(
  deployment: Deployment,
  now: () => number,
  pause = PAUSE,
): Promise<Rebuilds> {
  const { dynamodb, lambda, name } = deployment;
  const { stateTable, tenants } = await deployment.facts();
  const functionName = nameFunction(name, 'replay');
  return {
    replays: await openDeployedReplays(deployment, now, pause),
    tenants: async () => tenants,
    count: async ({ endpoint, tenant }) => {
      const event = { endpoint: endpoint.name, tenant, state: true, dryRun: true };
      return rebuildSummarySchema.parse(JSON.parse(await askFunction(lambda, functionName, event)));
    },
    run: async ({ endpoint, tenant, force }, onProgress) => {
      const store = new CheckpointStore(dynamodb, stateTable, tenant, rebuildName(endpoint.name), now);
      const event = { endpoint: endpoint.name, tenant, state: true, force };
      const parse = (text: string) => parseRebuildPosition(text).report;
      const read = () => store.read();
      const report = await followRun({ lambda, functionName, event, now, pause, read, parse, onProgress });
      return { tenant, endpoint: endpoint.name, outcome: 'done', report: report ?? null };
    },
  };
}
