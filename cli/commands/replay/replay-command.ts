import { Command, Option } from 'commander';
import { ENDPOINTS, type Endpoint } from '../../../catalog/index.ts';
import type { ReplaySummary } from '../../../lambdas/replay/replay.ts';
import type { RequeueSummary } from '../../../lambdas/replay/requeue-summary.ts';
import { listNames } from '../../../lib/configuration/nearest-name.ts';
import type { Replays } from '../../deployment/replay-target.ts';
import { count } from '../../terminal/counting.ts';
import { CommandError, UsageError } from '../../terminal/failure.ts';
import { createProgress, type Progress } from '../../terminal/progress.ts';
import type { Shell } from '../../terminal/shell.ts';
import {
  createDeploymentOptions,
  createDirOption,
  createJsonOption,
  createTenantOption,
  type DeploymentOptions,
  parseDay,
  parseWholeNumber,
  selectDeployment,
} from '../common-options.ts';
import { addEndpoint, selectEndpoints } from '../endpoint-names.ts';
import { withLocalReplays } from './replay-locally.ts';
import { formatReplay, formatRequeue } from './replay-report.ts';

interface CommandOptions extends DeploymentOptions {
  readonly dir: string;
  readonly endpoint?: readonly Endpoint[];
  readonly tenant?: string;
  readonly from?: string;
  readonly to?: string;
  readonly metricsVersion?: number;
  readonly dryRun?: true;
  readonly quarantine?: true | readonly Endpoint[];
  readonly json?: true;
}

const HELP = `
Recomputes segments and metrics from the raw records in the lake under the current rules, without calling the API.
The result equals what ingestion would have written. Ingestion can run at the same time. Equal items are not written.

With --region, --profile or --deployment a function in AWS runs the replay. Otherwise this machine runs it in --dir.
To continue an interrupted replay, repeat the command.

--quarantine requeues the quarantined records that now pass validation. Each is requeued once and never replaces a newer
version. In the view "quarantine", the records that are still open have no requeued_at.

Examples:
  $ ccaip replay --dry-run
  $ ccaip replay --tenant acme --from 2026-11-01 --to 2026-11-07
  $ ccaip replay --region eu-central-1 --metrics-version 3
  $ ccaip replay --quarantine call --dry-run`;

export function replayCommand(shell: Shell): Command {
  const command = new Command('replay')
    .summary('recompute segments and metrics from raw records')
    .description('Recomputes segments and metrics from the raw records in the lake, without calling the API.')
    .addOption(
      new Option('--endpoint <name>', 'only this endpoint; can be repeated (default: all)').argParser(addEndpoint),
    )
    .addOption(createTenantOption())
    .addOption(new Option('--from <date>', 'first UTC date of the calls, e.g. 2026-11-02').argParser(parseDay))
    .addOption(new Option('--to <date>', 'last UTC date of the calls').argParser(parseDay))
    .addOption(
      new Option('--metrics-version <number>', 'fail unless the rules have this version').argParser(
        parseWholeNumber(1),
      ),
    )
    .addOption(
      new Option(
        '--quarantine [endpoint]',
        'requeue records that now pass validation, of one endpoint or of all',
      ).argParser(addEndpoint),
    )
    .addOption(new Option('--dry-run', 'write nothing and report what would change'))
    .addOption(createDirOption());
  for (const option of createDeploymentOptions()) command.addOption(option);
  return command
    .addOption(createJsonOption('print a JSON array with one object per tenant and endpoint'))
    .addHelpText('after', HELP)
    .action((options: CommandOptions) => replay(shell, options));
}

async function replay(shell: Shell, options: CommandOptions): Promise<void> {
  const { from, to } = options;
  if (from !== undefined && to !== undefined && from > to)
    throw new UsageError(`--from ${from} is later than --to ${to}. Swap them`);
  const text =
    options.quarantine === undefined ? await replayMetrics(shell, options) : await replayQuarantine(shell, options);
  shell.stdout.write(text);
}

async function replayMetrics(shell: Shell, options: CommandOptions): Promise<string> {
  const endpoints = replayable(options.endpoint);
  const progress = createProgress(shell.stderr);
  const summaries = await withReplays(shell, options, (replays) => replayAll(replays, endpoints, options, progress));
  progress.stop();
  return options.json
    ? `${JSON.stringify(summaries, null, 2)}\n`
    : summaries.map((each) => formatReplay(each, options)).join('');
}

async function replayQuarantine(shell: Shell, options: CommandOptions): Promise<string> {
  const { quarantine, endpoint, dryRun = false } = options;
  const endpoints = selectEndpoints([...(Array.isArray(quarantine) ? quarantine : []), ...(endpoint ?? [])]);
  const summaries = await withReplays(shell, options, async (replays) => {
    const taken: RequeueSummary[] = [];
    for (const tenant of await chosenTenants(replays, endpoints, options))
      for (const each of endpoints) taken.push(await replays.takeBack({ endpoint: each, tenant, options: { dryRun } }));
    return taken;
  });
  return options.json ? `${JSON.stringify(summaries, null, 2)}\n` : formatRequeue(summaries, options);
}

function withReplays<T>(shell: Shell, options: CommandOptions, work: (replays: Replays) => Promise<T>): Promise<T> {
  const isDeployed = [options.deployment, options.region, options.profile].some((choice) => choice !== undefined);
  return isDeployed ? inDeployment(shell, options, work) : withLocalReplays(shell, options.dir, work);
}

function replayable(named: readonly Endpoint[] | undefined): readonly Endpoint[] {
  const without = named?.find(({ channel }) => channel === undefined);
  if (without !== undefined)
    throw new UsageError(
      `${without.name} has no facts. Only ${ENDPOINTS.filter(({ channel }) => channel !== undefined)
        .map(({ name }) => name)
        .join(', ')} can be replayed`,
    );
  return selectEndpoints(named).filter(({ channel }) => channel !== undefined);
}

async function inDeployment<T>(
  shell: Shell,
  options: CommandOptions,
  work: (replays: Replays) => Promise<T>,
): Promise<T> {
  // loads the clients of seven AWS services only when they are needed
  const [{ withDeployment }, { openDeployedReplays }] = await Promise.all([
    import('../../deployment/deployment.ts'),
    import('../../deployment/replays.ts'),
  ]);
  return withDeployment(shell, selectDeployment(options), async (deployment) =>
    work(await openDeployedReplays(deployment, shell.now)),
  );
}

async function chosenTenants(
  replays: Replays,
  endpoints: readonly Endpoint[],
  options: CommandOptions,
): Promise<readonly string[]> {
  const known = await replays.tenants(endpoints);
  const tenants = options.tenant === undefined ? known : known.filter((tenant) => tenant === options.tenant);
  if (tenants.length === 0)
    throw new CommandError(
      options.tenant === undefined
        ? 'nothing was ingested yet, so there is nothing to replay'
        : `nothing was ingested of tenant ${options.tenant}. ${known.length === 0 ? 'There is no tenant' : `There is ${listNames(known, 'ccaip status lists all', options.tenant)}`}`,
    );
  return tenants;
}

async function replayAll(
  replays: Replays,
  endpoints: readonly Endpoint[],
  options: CommandOptions,
  progress: Progress,
): Promise<ReplaySummary[]> {
  const summaries: ReplaySummary[] = [];
  for (const tenant of await chosenTenants(replays, endpoints, options))
    for (const endpoint of endpoints) {
      const step = progress.step(`${tenant} ${endpoint.name}`);
      const { from, to, metricsVersion, dryRun = false } = options;
      const summary = await replays.run(
        { endpoint, tenant, options: { from, to, metricsVersion, dryRun } },
        ({ days, ofDays, records }) => step.update(days / Math.max(1, ofDays), count(records, 'record')),
      );
      const { report } = summary;
      step.done(report === null ? 'nothing' : `${count(report.records, 'record')} of ${count(report.days, 'day')}`);
      summaries.push(summary);
    }
  return summaries;
}
