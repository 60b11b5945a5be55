import { setTimeout as sleep } from 'node:timers/promises';
import type { BackfillOrder } from '../../../lambdas/runs/backfill-order.ts';
import { listNames } from '../../../lib/configuration/nearest-name.ts';
import type { BackfillProgress } from '../../deployment/backfill-progress.ts';
import { DeployedBackfills } from '../../deployment/backfills.ts';
import type { Deployment } from '../../deployment/deployment.ts';
import type { Begun } from '../../deployment/executions.ts';
import { count } from '../../terminal/counting.ts';
import { CommandError, UsageError } from '../../terminal/failure.ts';
import { createProgress } from '../../terminal/progress.ts';
import type { Shell } from '../../terminal/shell.ts';
import { type BackfillOptions, sliceRange, type Wanted } from './backfill-options.ts';

/** Milliseconds between two reads of the progress. */
const PAUSE = 2_000;

/** Maximum number of executions to show. */
const MAX_SHOWN = 20;

const SENTENCES: Readonly<Record<Begun['how'], string>> = {
  started: 'has started and runs on in AWS. See ccaip backfill --status',
  running: 'is already running and runs on in AWS',
  redriven: 'continues from where it stopped',
  done: 'is already done. Give --again to read all of it once more',
};

/**
 * Starts or continues a backfill in a deployment's state machine.
 * @returns its progress, which is the final state if the caller waits
 * @throws CommandError if it fails
 */
export async function backfillInAws(
  { stderr, now }: Shell,
  deployment: Deployment,
  wanted: Wanted,
  { tenant, sliceHours, concurrency, again = false, wait }: BackfillOptions,
): Promise<BackfillProgress> {
  const [range] = sliceRange(wanted, sliceHours, now());
  const { tenants } = await deployment.facts();
  const backfills = await DeployedBackfills.in(deployment);
  const order = { tenant: tenantOf(tenants, tenant), endpoint: wanted.endpoint.name, ...range };
  const { name, how } = await backfills.begin({ ...order, sliceHours, concurrency } satisfies BackfillOrder, again);
  stderr.write(`execution ${name} ${SENTENCES[how]}\n`);
  return wait ? await followChanges(backfills, name, stderr) : await backfills.progress(name);
}

/** Lists the last backfills of a deployment, the newest first. */
export async function listRecentBackfills(deployment: Deployment): Promise<readonly BackfillProgress[]> {
  return (await DeployedBackfills.in(deployment)).recent(MAX_SHOWN);
}

async function followChanges(
  backfills: DeployedBackfills,
  name: string,
  stderr: Shell['stderr'],
): Promise<BackfillProgress> {
  const bars = createProgress(stderr);
  let now = await backfills.progress(name);
  const step = bars.step(`${now.tenant} ${now.endpoint}`);
  for (; now.state === 'running'; now = await backfills.progress(name)) {
    step.update(now.done.length / Math.max(1, now.slices), `${count(now.records, 'record')}, read up to ${now.upTo}`);
    await sleep(PAUSE);
  }
  step.done(`${count(now.records, 'record')}, ${now.done.length} of ${count(now.slices, 'slice')}`);
  bars.stop();
  if (now.state === 'done') return now;
  const why = now.error === null ? 'it was stopped' : now.error;
  throw new CommandError(`the backfill did not finish (${why}). Repeat the command to continue`);
}

function tenantOf(tenants: readonly string[], named: string | undefined): string {
  const [only, ...others] = tenants;
  if (named === undefined && only !== undefined && others.length === 0) return only;
  if (named !== undefined && tenants.includes(named)) return named;
  const which = named === undefined ? 'which tenant?' : `there is no tenant "${named}" in this deployment.`;
  throw new UsageError(
    `${which} Give --tenant, one of ${listNames(tenants, 'ccaip status --deployment lists all', named)}`,
  );
}
