import { Argument, Command, Option } from 'commander';
import { ENDPOINTS, type Endpoint } from '../../../catalog/index.ts';
import type { AuditSummary } from '../../../lambdas/audit/audit-summary.ts';
import { RequestBudget } from '../../../lambdas/audit/request-budget.ts';
import { judgeWindow, type WindowResult } from '../../../lambdas/audit/window-result.ts';
import { startLocalFunctions } from '../../../local/runtime/local-functions.ts';
import { SilentFailure, UsageError } from '../../terminal/failure.ts';
import { createProgress } from '../../terminal/progress.ts';
import type { Shell } from '../../terminal/shell.ts';
import { wrapWords } from '../../terminal/wrap-words.ts';
import {
  createDeploymentOptions,
  createDirOption,
  createJsonOption,
  type DeploymentOptions,
  parseDecimalNumber,
  parseSince,
  parseWholeNumber,
  readSince,
  type Since,
  selectDeployment,
} from '../common-options.ts';
import { addEndpoint, selectEndpoints } from '../endpoint-names.ts';
import { requireLake } from '../existing-lake.ts';
import { openRunTarget } from '../run-target.ts';
import { tellWaits } from '../tell-waits.ts';
import { auditFolder } from './audit-folder.ts';
import { describeFindings, formatResults, formatTotals } from './audit-table.ts';

interface AuditOptions extends DeploymentOptions {
  readonly dir: string;
  readonly from: Since;
  readonly to?: Since;
  readonly heal?: true;
  readonly requests: number;
  readonly baseUrl?: string;
  readonly tenant?: string;
  readonly rate?: number;
  readonly wait: boolean;
  readonly status?: true;
  readonly json?: true;
}

const DAY = 86_400_000;

const HELP = `
Compares what the platform counts with what the lake holds, day by day. A day that is equal costs two requests.
Exit code 1 means that records are missing and were not healed.

"counted by" says how: total (the platform's count, checked at its last page), ids (listed records), snapshot
(a complete walk), parents (the records around nested ones) or raw (the records that segments and metrics come from).

With --region, --profile or --deployment a state machine in AWS runs the audit, whether or not you wait for it.
A deployment audits itself every night. --status shows the last audit of each tenant.

Examples:
  $ ccaip audit
  $ ccaip audit call chat --from 7d --heal
  $ ccaip audit --deployment --tenant acme --heal
  $ ccaip audit --deployment --status
  $ ccaip audit --base-url https://acme.uc1.ccaiplatform.com/manager/api/v1 --dir acme --from 2026-11-01 --json

${wrapWords(`Endpoints: ${ENDPOINTS.map(({ name }) => name).join(', ')}`)}`;

export function createAuditCommand(shell: Shell): Command {
  const command = new Command('audit')
    .summary('prove that nothing is missing, and bring back what is')
    .description(
      'Compares the records of the platform with those in a folder or in AWS, and reads again what is missing.',
    )
    .addArgument(new Argument('[endpoint...]', 'endpoints to audit (default: all)').argParser(addEndpoint))
    .addOption(
      new Option('--from <date>', 'first day, 7d or a date')
        .argParser<Since>(parseSince)
        .default({ before: 35 * DAY }, '35d'),
    )
    .addOption(new Option('--to <date>', 'end of the range, exclusive (default: now)').argParser<Since>(parseSince))
    .addOption(new Option('--heal', 'read again what is missing, then compare again'))
    .addOption(
      new Option('--requests <number>', 'maximum number of requests').argParser(parseWholeNumber(1)).default(20_000),
    )
    .addOption(new Option('--base-url <url>', 'base URL of the Manager API (default: the simulated contact centre)'))
    .addOption(new Option('--tenant <name>', 'name of the tenant (default: from the host name, or all in AWS)'))
    .addOption(createDirOption())
    .addOption(new Option('--rate <number>', 'maximum requests per second').argParser(parseDecimalNumber(0.01, 1000)));
  for (const option of createDeploymentOptions()) command.addOption(option.conflicts(['dir', 'baseUrl', 'rate']));
  return command
    .addOption(new Option('--no-wait', 'start an audit in AWS and do not wait for its end'))
    .addOption(new Option('--status', 'show the last audit of each tenant in AWS'))
    .addOption(createJsonOption('print one JSON object with the totals and one result per endpoint, part and window'))
    .addHelpText('after', HELP)
    .action((named: readonly Endpoint[] | undefined, options: AuditOptions) =>
      isInAws(options) ? auditDeployment(shell, named, options) : audit(shell, named, options),
    );
}

const isInAws = ({ deployment, region, profile }: AuditOptions) =>
  [deployment, region, profile].some((choice) => choice !== undefined);

async function auditDeployment(
  shell: Shell,
  named: readonly Endpoint[] | undefined,
  options: AuditOptions,
): Promise<void> {
  // loads the clients of eight AWS services only when they are needed
  const [{ withDeployment }, { auditInAws, showAudits }] = await Promise.all([
    import('../../deployment/deployment.ts'),
    import('./audit-in-aws.ts'),
  ]);
  const { tenant, to, heal = false, requests, wait, status, json = false } = options;
  const { from } = readRange(options, shell.now());
  const order = {
    ...(named !== undefined && { endpoints: selectEndpoints(named).map(({ name }) => name) }),
    from: new Date(from).toISOString(),
    ...(to !== undefined && { to: readSince(to, shell.now()) }),
    heal,
    requests,
  };
  await withDeployment(shell, selectDeployment(options), (deployment) =>
    status
      ? showAudits(shell, deployment, { tenant, json })
      : auditInAws(shell, deployment, { tenant, order, wait, json }),
  );
}

async function audit(shell: Shell, named: readonly Endpoint[] | undefined, options: AuditOptions): Promise<void> {
  const { stdout, stderr } = shell;
  const { dir, heal = false, json } = options;
  if (options.status || !options.wait)
    throw new UsageError('--status and --no-wait need a deployment. Give --region, --profile or --deployment');
  await requireLake(dir);
  const target = await openRunTarget(shell, { ...options, since: options.from });
  try {
    const range = readRange(options, target.now);
    const functions = await startLocalFunctions({ folder: dir, secrets: target.secrets, tenants: [target.tenant] });
    const stop = () => functions.interrupt();
    process.once('SIGINT', stop).once('SIGTERM', stop);
    const stopListening = tellWaits((sentence) => stderr.write(`${sentence}\n`));
    const budget = new RequestBudget(options.requests);
    try {
      const { tenant, now } = target;
      const progress = createProgress(stderr);
      const endpoints = selectEndpoints(named);
      const { results, summary } = await auditFolder({
        functions,
        dir,
        tenant,
        endpoints,
        range,
        now,
        heal,
        budget,
        progress,
      });
      progress.stop();
      print(stdout, results, summary, json === true);
      if (results.some(({ missing }) => missing.length > 0)) throw new SilentFailure();
    } finally {
      process.off('SIGINT', stop).off('SIGTERM', stop);
      stopListening();
      await functions.close();
    }
  } finally {
    await target.close();
  }
}

function readRange({ from, to }: AuditOptions, now: number) {
  const start = Date.parse(readSince(from, now));
  const end = to === undefined ? now : Date.parse(readSince(to, now));
  if (start >= end) throw new UsageError('--from must be before --to');
  // whole days from the first one on
  return { from: Math.floor(start / DAY) * DAY, until: end - 1 };
}

function print(
  stdout: Shell['stdout'],
  results: readonly WindowResult[],
  summary: AuditSummary,
  isJson: boolean,
): void {
  if (isJson) {
    const windows = results.map(({ from, until, heal: _, ...result }) => ({
      ...result,
      from: new Date(from).toISOString(),
      until: new Date(until).toISOString(),
      state: judgeWindow({ ...result }),
    }));
    stdout.write(`${JSON.stringify({ ...summary, results: windows }, null, 2)}\n`);
    return;
  }
  stdout.write(formatResults(results));
  for (const sentence of describeFindings(results)) stdout.write(`${sentence}\n`);
  stdout.write(`${formatTotals(summary)}\n`);
}
