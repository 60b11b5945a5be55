import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import pMap from 'p-map';
import * as z from 'zod';
import { nameLogGroup } from '../../lib/configuration/resource-names.ts';
import type { Deployment } from '../deployment/deployment.ts';
import type { DeployedStatus } from '../deployment/deployment-status.ts';
import { type Finding, reportOk, reportWarning, reportWrong } from './finding.ts';

/** An endpoint is behind if it missed this many runs, and at least this many seconds. */
const MISSED_RUNS = 4;
const BEHIND_SECONDS = 30 * 60;

/** Functions write the details of unexpected errors only to their log. */
const UNEXPECTED = 'unexpected error';
const LOG_DAYS = 3;
const DAY = 86_400_000;

/** A failure in the log of a function. */
const logLineSchema = z.object({ error: z.object({ name: z.string(), message: z.string() }) });

/** Checks the runs of every tenant and endpoint that has a schedule. */
export async function examineRuns(
  deployment: Deployment,
  statuses: readonly DeployedStatus[],
  now: number,
): Promise<Finding[]> {
  const scheduled = statuses.filter(({ schedule }) => schedule !== null);
  if (scheduled.length === 0)
    return [
      reportWrong(
        'schedules',
        'there are none',
        'check in cdk.json that endpoints are switched on, then deploy again with npx cdk deploy',
      ),
    ];
  return pMap(scheduled, (status) => examine(deployment, status, now), { concurrency: 4 });
}

async function examine(deployment: Deployment, status: DeployedStatus, now: number): Promise<Finding> {
  const { tenant, endpoint, lastRun, schedule, lagSeconds, leaseUntil, quarantined } = status;
  const subject = `runs of ${tenant} ${endpoint}`;
  if (schedule?.state === 'DISABLED')
    return reportWarning(subject, 'the schedule is disabled', 'enable it in EventBridge Scheduler, or deploy again');
  if (lastRun === null)
    return leaseUntil === null
      ? reportWarning(
          subject,
          'it has never run',
          'wait for its schedule. If nothing happens, check its dead-letter queues',
        )
      : reportOk(subject, 'the first run is in progress');
  if (lastRun.outcome === 'failed') {
    const error = lastRun.error ?? 'unknown error';
    const reason = error.startsWith(UNEXPECTED) ? ((await lastErrorOf(deployment, endpoint, now)) ?? error) : error;
    return reportWrong(
      subject,
      `the last run failed: ${reason}`,
      'fix the cause. The next run continues after the last batch',
    );
  }
  const allowed = Math.max(BEHIND_SECONDS, (schedule?.everyMinutes ?? 0) * 60 * MISSED_RUNS);
  if (lagSeconds !== null && lagSeconds > allowed && lastRun.outcome === 'done')
    return reportWrong(
      subject,
      `the last run was ${Math.round(lagSeconds / 60)} minutes ago`,
      'check its schedule in EventBridge Scheduler, its concurrency and its log',
    );
  const set = quarantined === 0 ? '' : `, ${quarantined} records in quarantine so far`;
  return reportOk(subject, lastRun.outcome === 'more' ? `far behind and catching up${set}` : `caught up${set}`);
}

/** Reads the newest error in a function's log. Returns undefined if there is none or access is denied. */
async function lastErrorOf({ name, logs }: Deployment, endpoint: string, now: number): Promise<string | undefined> {
  try {
    const { events = [] } = await logs.send(
      new FilterLogEventsCommand({
        logGroupName: nameLogGroup(name, endpoint),
        filterPattern: '{ $.level = "ERROR" }',
        startTime: now - LOG_DAYS * DAY,
        limit: 100,
      }),
    );
    const { error } = logLineSchema.parse(JSON.parse(events.at(-1)?.message ?? ''));
    return `${error.name}: ${error.message} (log group ${nameLogGroup(name, endpoint)})`;
  } catch {
    return undefined;
  }
}
