import pMap from 'p-map';
import type { Endpoint } from '../../catalog/index.ts';
import { readTimestamp } from '../../catalog/timestamp.ts';
import { type EndpointStatus, readStatusOf } from '../../lambdas/ledger/endpoint-status.ts';
import type { Deployment } from './deployment.ts';
import { listRuns, type RunRecord } from './run-history.ts';
import { computeNextRun, findSchedule, type Schedule } from './schedules.ts';

/** Status of a tenant's endpoint in AWS. */
export interface DeployedStatus extends EndpointStatus {
  /** Null if the endpoint is switched off. */
  readonly schedule: Schedule | null;
  /** Nominal time of the next run (UTC). */
  readonly nextRun: string | null;
  readonly runs: readonly RunRecord[];
}

export interface StatusQuestion {
  readonly endpoints: readonly Endpoint[];
  /** Maximum number of runs of each endpoint. */
  readonly runs: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Reads the status of every tenant and endpoint of a deployment, including those that have never run. */
export async function readDeploymentStatus(
  deployment: Deployment,
  question: StatusQuestion,
): Promise<DeployedStatus[]> {
  const { tenants, stateTable } = await deployment.facts();
  const { endpoints, runs, now } = question;
  const places = tenants.flatMap((tenant) => endpoints.map(({ name }) => ({ tenant, endpoint: name })));
  const statuses = await readStatusOf(deployment.dynamodb, stateTable, places, now);
  return pMap(
    statuses,
    async (status) => {
      const { tenant, endpoint, lastRun } = status;
      const schedule = await findSchedule(deployment, tenant, endpoint);
      const next = schedule && computeNextRun(schedule, lastRun && readTimestamp(lastRun.scheduledTime), now);
      return {
        ...status,
        schedule,
        nextRun: next === null ? null : new Date(next).toISOString(),
        runs: runs === 0 ? [] : await listRuns(deployment.dynamodb, stateTable, status, runs),
      };
    },
    { concurrency: 8 },
  );
}
