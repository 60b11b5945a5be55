import { setTimeout as sleep } from 'node:timers/promises';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { replayName } from '../../lambdas/aws/state-keys.ts';
import { CheckpointStore } from '../../lambdas/ledger/checkpoint-store.ts';
import { readStatus } from '../../lambdas/ledger/endpoint-status.ts';
import type { ReplayEvent } from '../../lambdas/replay/replay-event.ts';
import { parseReplayPosition } from '../../lambdas/replay/replay-position.ts';
import { type RequeueSummary, requeueSummarySchema } from '../../lambdas/replay/requeue-summary.ts';
import { nameFunction } from '../../lib/configuration/resource-names.ts';
import { CommandError } from '../terminal/failure.ts';
import type { Deployment } from './deployment.ts';
import type { Replays, ReplayTarget } from './replay-target.ts';

/** Milliseconds between two reads of the progress. */
const PAUSE = 2_000;

/** A started function that writes nothing for this time has failed, milliseconds. */
const SILENCE = 120_000;

/** Replays with the function of a deployment. Starts it and follows its progress in the state table. */
export async function openDeployedReplays(deployment: Deployment, now: () => number, pause = PAUSE): Promise<Replays> {
  const { dynamodb, lambda, name } = deployment;
  const { stateTable } = await deployment.facts();
  const read = ({ tenant, endpoint }: ReplayTarget) =>
    new CheckpointStore(dynamodb, stateTable, tenant, replayName(endpoint.name), now).read();
  return {
    tenants: async (endpoints) => {
      const names = new Set(endpoints.map((endpoint) => endpoint.name));
      const statuses = await readStatus(dynamodb, stateTable, now());
      return [...new Set(statuses.filter(({ endpoint }) => names.has(endpoint)).map(({ tenant }) => tenant))];
    },
    run: async (target, onProgress) => {
      const before = await read(target);
      if (before !== undefined && before.leaseUntil > now())
        throw new CommandError('another replay is running. Try again when it has ended. ccaip status shows it');
      const { from, to, metricsVersion, dryRun } = target.options;
      const event: ReplayEvent = {
        endpoint: target.endpoint.name,
        tenant: target.tenant,
        ...(from !== undefined && { from }),
        ...(to !== undefined && { to }),
        ...(metricsVersion !== undefined && { metricsVersion }),
        dryRun,
      };
      const FunctionName = nameFunction(name, 'replay');
      await lambda.send(
        new InvokeCommand({ FunctionName, InvocationType: 'Event', Payload: Buffer.from(JSON.stringify(event)) }),
      );
      for (let silence = 0; ; silence += pause) {
        await sleep(pause);
        const checkpoint = await read(target);
        if (checkpoint === undefined || checkpoint.fencingToken === before?.fencingToken) {
          if (silence < SILENCE) continue;
          throw new CommandError(
            `function ${FunctionName} was started but does not report progress. Check its log and the queue ${FunctionName}-failed`,
          );
        }
        const position = checkpoint.position === undefined ? undefined : parseReplayPosition(checkpoint.position);
        if (position !== undefined) onProgress(position.report);
        if (checkpoint.leaseUntil > 0) continue;
        const { outcome, error } = checkpoint.lastRun ?? {};
        if (outcome === 'failed') throw new CommandError(`the replay failed: ${error}`);
        if (outcome === 'done')
          return {
            tenant: target.tenant,
            endpoint: target.endpoint.name,
            outcome,
            report: position?.report ?? null,
          };
      }
    },
    takeBack: async ({ endpoint, tenant, options: { dryRun } }) => {
      const FunctionName = nameFunction(name, 'replay');
      const event: ReplayEvent = { endpoint: endpoint.name, tenant, dryRun, quarantine: true };
      for (let taken = 0; ; ) {
        const answer = await lambda.send(new InvokeCommand({ FunctionName, Payload: JSON.stringify(event) }));
        const text = Buffer.from(answer.Payload ?? []).toString('utf8');
        if (answer.FunctionError !== undefined)
          throw new CommandError(`function ${FunctionName} failed (${answer.FunctionError}): ${text}`);
        const summary: RequeueSummary = requeueSummarySchema.parse(JSON.parse(text));
        taken += summary.taken;
        if (summary.outcome === 'done') return { ...summary, taken };
        if (summary.outcome === 'lease_held')
          throw new CommandError(`ingestion of ${endpoint.name} holds the lease. Try again later`);
      }
    },
  };
}
