import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import pMap from 'p-map';
import * as z from 'zod';
import { nameLogGroup } from '../../lib/configuration/resource-names.ts';
import type { Deployment } from '../deployment/deployment.ts';
import type { DeployedStatus } from '../deployment/deployment-status.ts';
import { type Finding, reportOk, reportWarning, reportWrong } from './finding.ts';

/** An endpoint is behind when so many of its runs are missing, or this many seconds at least. */
const MISSED_RUNS = 4;
const BEHIND_SECONDS = 30 * 60;

/** Functions tell unexpected errors in their log alone. */
const UNEXPECTED = 'unexpected error';
const LOG_DAYS = 3;
const DAY = 86_400_000;

/** A failure as the functions log it. */
const logLineSchema = z.object({ error: z.object({ name: z.string(), message: z.string() }) });

/** How the runs of every tenant and endpoint went; those without a schedule are left out. */
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
        'deploy again: npx cdk deploy; every endpoint may be switched off in cdk.json',
      ),
    ];
  return pMap(scheduled, (status) => examine(deployment, status, now), { concurrency: 4 });
}

async function examine(deployment: Deployment, status: DeployedStatus, now: number): Promise<Finding> {
  const { tenant, endpoint, lastRun, schedule, lagSeconds, leaseUntil, quarantined } = status;
  const subject = `runs of ${tenant} ${endpoint}`;
  if (schedule?.state === 'DISABLED')
    return reportWarning(
      subject,
      'its schedule is switched off',
      'enable it in EventBridge Scheduler, or deploy again',
    );
  if (lastRun === null)
    return leaseUntil === null
      ? reportWarning(
          subject,
          'it has never run',
          'wait for its schedule; if nothing happens, look into its dead-letter queues',
        )
      : reportOk(subject, 'its first run is at work');
  if (lastRun.outcome === 'failed') {
    const error = lastRun.error ?? 'unknown error';
    const reason = error.startsWith(UNEXPECTED) ? ((await lastErrorOf(deployment, endpoint, now)) ?? error) : error;
    return reportWrong(
      subject,
      `the last one failed: ${reason}`,
      'set that right; the next run goes on from the last batch',
    );
  }
  const allowed = Math.max(BEHIND_SECONDS, (schedule?.everyMinutes ?? 0) * 60 * MISSED_RUNS);
  if (lagSeconds !== null && lagSeconds > allowed && lastRun.outcome === 'done')
    return reportWrong(
      subject,
      `the last one was ${Math.round(lagSeconds / 60)} minutes ago`,
      'look at its schedule in EventBridge Scheduler, its concurrency, and its log',
    );
  const set = quarantined === 0 ? '' : `, ${quarantined} records in quarantine so far`;
  return reportOk(subject, lastRun.outcome === 'more' ? `far behind and catching up${set}` : `caught up${set}`);
}

/** The message of the newest error in a function's log; undefined if there is none or it may not be read. */
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
