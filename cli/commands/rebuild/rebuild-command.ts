import { Command, Option } from 'commander';
import type { Endpoint } from '../../../catalog/index.ts';
import type { RebuildSummary } from '../../../lambdas/rebuild/rebuild-position.ts';
import type { ReplaySummary } from '../../../lambdas/replay/replay.ts';
import { listNames } from '../../../lib/configuration/nearest-name.ts';
import type { Rebuilds, RebuildTarget } from '../../deployment/rebuild-target.ts';
import { count } from '../../terminal/counting.ts';
import { CommandError } from '../../terminal/failure.ts';
import { createProgress, type Progress } from '../../terminal/progress.ts';
import type { Shell } from '../../terminal/shell.ts';
import {
  createDeploymentOptions,
  createDirOption,
  createJsonOption,
  createTenantOption,
  type DeploymentOptions,
  selectDeployment,
} from '../common-options.ts';
import { addEndpoint, selectEndpoints } from '../endpoint-names.ts';
import { formatReplay } from '../replay/replay-report.ts';
import { withLocalRebuilds } from './rebuild-locally.ts';
import { formatPlan, formatRebuilds } from './rebuild-report.ts';

interface CommandOptions extends DeploymentOptions {
  readonly dir: string;
  readonly endpoint?: readonly Endpoint[];
  readonly tenant?: string;
  readonly dryRun?: true;
  readonly force?: boolean;
  readonly json?: true;
}

const HELP = `
Writes ledgers, positions, the day index, inferred schemas, items of calls and missing segments.
Live runs wait meanwhile. Then they continue, and read the newest records once more.

It refuses to replace a state that is there. With --force it replaces ledger and position of the endpoints, for
example after the state table was restored to an earlier time.

With --region, --profile or --deployment the replay function in AWS does the work. Otherwise this machine does it
in --dir. To continue an interrupted rebuild, repeat the command.

Examples:
  $ ccaip rebuild --dry-run
  $ ccaip rebuild --region eu-central-1 --dry-run
  $ ccaip rebuild --region eu-central-1 --tenant acme --force`;

export function createRebuildCommand(shell: Shell): Command {
  const command = new Command('rebuild')
    .summary('write lost tables again from the lake')
    .description('Writes the state table and the metrics table again from the lake, without calling the API.')
    .addOption(
      new Option('--endpoint <name>', 'only this endpoint; can be repeated (default: all)').argParser(addEndpoint),
    )
    .addOption(createTenantOption())
    .addOption(new Option('--dry-run', 'write nothing and report what would be rebuilt'))
    .addOption(new Option('--force', 'replace ledger and position of endpoints that have them'))
    .addOption(createDirOption());
  for (const option of createDeploymentOptions()) command.addOption(option);
  return command
    .addOption(createJsonOption('print a JSON object with one entry per tenant and endpoint, and the replays'))
    .addHelpText('after', HELP)
    .action((options: CommandOptions) => rebuildAll(shell, options));
}

async function rebuildAll(shell: Shell, options: CommandOptions): Promise<void> {
  const text = await withRebuilds(shell, options, async (rebuilds) => {
    const targets = await listTargets(rebuilds, options);
    const plan: RebuildSummary[] = [];
    for (const target of targets) plan.push(await rebuilds.count(target));
    if (options.dryRun) return options.json ? toJson(plan, []) : formatPlan(plan);
    if (!options.force) refuseKnown(plan);
    const progress = createProgress(shell.stderr);
    const done: RebuildSummary[] = [];
    for (const [index, target] of targets.entries())
      done.push(await rebuildOne(rebuilds, target, plan[index], progress));
    const replays: ReplaySummary[] = [];
    for (const target of targets) {
      if (target.endpoint.channel === undefined) continue;
      replays.push(await replayOne(rebuilds, target, progress));
    }
    progress.stop();
    return options.json
      ? toJson(done, replays)
      : `${formatRebuilds(done)}${replays.map((each) => formatReplay(each, {})).join('')}`;
  });
  shell.stdout.write(text);
}

const toJson = (endpoints: readonly RebuildSummary[], replays: readonly ReplaySummary[]): string =>
  `${JSON.stringify({ endpoints, replays }, null, 2)}\n`;

function withRebuilds<T>(shell: Shell, options: CommandOptions, work: (rebuilds: Rebuilds) => Promise<T>): Promise<T> {
  const isDeployed = [options.deployment, options.region, options.profile].some((choice) => choice !== undefined);
  return isDeployed ? inDeployment(shell, options, work) : withLocalRebuilds(shell, options.dir, work);
}

async function inDeployment<T>(
  shell: Shell,
  options: CommandOptions,
  work: (rebuilds: Rebuilds) => Promise<T>,
): Promise<T> {
  // loads the clients of seven AWS services only when they are needed
  const [{ withDeployment }, { openDeployedRebuilds }] = await Promise.all([
    import('../../deployment/deployment.ts'),
    import('../../deployment/rebuilds.ts'),
  ]);
  return withDeployment(shell, selectDeployment(options), async (deployment) =>
    work(await openDeployedRebuilds(deployment, shell.now)),
  );
}

async function listTargets(
  rebuilds: Rebuilds,
  { tenant, endpoint, force = false }: CommandOptions,
): Promise<RebuildTarget[]> {
  const known = await rebuilds.tenants();
  if (tenant !== undefined && !known.includes(tenant))
    throw new CommandError(
      `there is no tenant ${tenant}. There is ${known.length === 0 ? 'none' : listNames(known, 'ccaip status lists all', tenant)}`,
    );
  const endpoints = selectEndpoints(endpoint);
  return (tenant === undefined ? known : [tenant]).flatMap((name) =>
    endpoints.map((each) => ({ tenant: name, endpoint: each, force })),
  );
}

function refuseKnown(plan: readonly RebuildSummary[]): void {
  const known = plan.filter(({ report }) => (report?.known ?? 0) > 0);
  const [first] = known;
  if (first === undefined) return;
  throw new CommandError(
    `the state table is not empty: it has ${count(first.report?.known ?? 0, 'batch', 'batches')} of ${first.tenant} ${first.endpoint}${known.length === 1 ? '' : `, and batches of ${count(known.length - 1, 'other endpoint')}`}. A rebuild would replace ledger and position of these. To do that, use --force. To write only missing metrics, use ccaip replay`,
  );
}

async function rebuildOne(
  rebuilds: Rebuilds,
  target: RebuildTarget,
  plan: RebuildSummary | undefined,
  progress: Progress,
): Promise<RebuildSummary> {
  const batches = plan?.report?.batches ?? 0;
  // nothing of it is in the lake
  if (plan !== undefined && batches === 0) return plan;
  const step = progress.step(`${target.tenant} ${target.endpoint.name}`);
  const summary = await rebuilds.run(target, (report) =>
    step.update(report.batches / Math.max(1, batches), count(report.records ?? 0, 'record')),
  );
  step.done(`${count(summary.report?.records ?? 0, 'record')} in ${count(summary.report?.objects ?? 0, 'object')}`);
  return summary;
}

async function replayOne({ replays }: Rebuilds, target: RebuildTarget, progress: Progress): Promise<ReplaySummary> {
  const step = progress.step(`${target.tenant} ${target.endpoint.name} metrics`);
  const summary = await replays.run({ ...target, options: { dryRun: false } }, ({ days, ofDays, records }) =>
    step.update(days / Math.max(1, ofDays), count(records, 'record')),
  );
  step.done(count(summary.report?.records ?? 0, 'record'));
  return summary;
}
