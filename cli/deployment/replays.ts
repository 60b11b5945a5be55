import { replayName } from '../../lambdas/aws/state-keys.ts';
import { CheckpointStore } from '../../lambdas/ledger/checkpoint-store.ts';
import { readStatus } from '../../lambdas/ledger/endpoint-status.ts';
import type { ReplayEvent } from '../../lambdas/replay/replay-event.ts';
import { parseReplayPosition } from '../../lambdas/replay/replay-position.ts';
import { type RequeueSummary, requeueSummarySchema } from '../../lambdas/replay/requeue-summary.ts';
import { nameFunction } from '../../lib/configuration/resource-names.ts';
import { CommandError } from '../terminal/failure.ts';
import type { Deployment } from './deployment.ts';
import { askFunction, followRun, PAUSE } from './follow-run.ts';
import type { Replays, ReplayTarget } from './replay-target.ts';

/** Replays with the function of a deployment. Starts it and follows its progress in the state table. */
export async function openDeployedReplays(deployment: Deployment, now: () => number, pause = PAUSE): Promise<Replays> {
  const { dynamodb, lambda, name } = deployment;
  const { stateTable } = await deployment.facts();
  const functionName = nameFunction(name, 'replay');
  const read = ({ tenant, endpoint }: ReplayTarget) =>
    new CheckpointStore(dynamodb, stateTable, tenant, replayName(endpoint.name), now).read();
  return {
    tenants: async (endpoints) => {
      const names = new Set(endpoints.map((endpoint) => endpoint.name));
      const statuses = await readStatus(dynamodb, stateTable, now());
      return [...new Set(statuses.filter(({ endpoint }) => names.has(endpoint)).map(({ tenant }) => tenant))];
    },
    run: async (target, onProgress) => {
      const { from, to, metricsVersion, dryRun } = target.options;
      const event: ReplayEvent = {
        endpoint: target.endpoint.name,
        tenant: target.tenant,
        ...(from !== undefined && { from }),
        ...(to !== undefined && { to }),
        ...(metricsVersion !== undefined && { metricsVersion }),
        dryRun,
      };
      const parse = (text: string) => parseReplayPosition(text).report;
      const report = await followRun({
        lambda,
        functionName,
        event,
        now,
        pause,
        read: () => read(target),
        parse,
        onProgress,
      });
      return { tenant: target.tenant, endpoint: target.endpoint.name, outcome: 'done', report: report ?? null };
    },
    takeBack: async ({ endpoint, tenant, options: { dryRun } }) => {
      const event: ReplayEvent = { endpoint: endpoint.name, tenant, dryRun, quarantine: true };
      for (let taken = 0; ; ) {
        const text = await askFunction(lambda, functionName, event);
        const summary: RequeueSummary = requeueSummarySchema.parse(JSON.parse(text));
        taken += summary.taken;
        if (summary.outcome === 'done') return { ...summary, taken };
        if (summary.outcome === 'lease_held')
          throw new CommandError(`ingestion of ${endpoint.name} holds the lease. Try again later`);
      }
    },
  };
}
