import { Argument, Command, Option } from 'commander';
import type { Endpoint } from '../../../catalog/index.ts';
import { createAwsClients } from '../../../lambdas/aws/aws-clients.ts';
import { readStatus } from '../../../lambdas/ledger/endpoint-status.ts';
import { readClientSettings } from '../../../local/aws/client-settings.ts';
import { startLocalAws } from '../../../local/aws/local-aws.ts';
import { listRuns } from '../../deployment/run-history.ts';
import type { Shell } from '../../terminal/shell.ts';
import {
  createDeploymentOptions,
  createDirOption,
  createJsonOption,
  type DeploymentOptions,
  parseWholeNumber,
  selectDeployment,
} from '../common-options.ts';
import { addEndpoint, selectEndpoints } from '../endpoint-names.ts';
import { requireLake } from '../existing-lake.ts';
import { formatAudits, readAudits, type ShownAudit } from './audit-lines.ts';
import { formatStatus, type ShownStatus } from './status-table.ts';

interface StatusOptions extends DeploymentOptions {
  readonly dir: string;
  readonly runs?: number;
  readonly json?: true;
}

const HELP = `
Shows the folder unless you give --deployment, --region or --profile.
"lag" is the time since the endpoint last caught up.
"cont." is how often the last run continued in a new invocation because it ran out of time.

Examples:
  $ ccaip status
  $ ccaip status call chat --runs 5 --dir acme
  $ ccaip status --deployment --region eu-central-1
  $ ccaip status --profile prod --json`;

/** Runs of each endpoint in JSON without `--runs`. */
const RUNS = 3;

export function createStatusCommand(shell: Shell): Command {
  const command = new Command('status')
    .summary('show cursor, lag and last run of each endpoint')
    .description('Shows cursor, lag, last run, totals, lease and next run of each endpoint, in a folder or in AWS.')
    .addArgument(new Argument('[endpoint...]', 'endpoints to show (default: all)').argParser(addEndpoint))
    .addOption(createDirOption());
  for (const option of createDeploymentOptions()) command.addOption(option.conflicts('dir'));
  return command
    .addOption(
      new Option('--runs <number>', 'also show the last runs that committed a batch').argParser(
        parseWholeNumber(0, 100),
      ),
    )
    .addOption(createJsonOption(`print a JSON array with one object per tenant and endpoint and its last ${RUNS} runs`))
    .addHelpText('after', HELP)
    .action((named: readonly Endpoint[] | undefined, options: StatusOptions) => status(shell, named, options));
}

async function status(shell: Shell, named: readonly Endpoint[] | undefined, options: StatusOptions): Promise<void> {
  const { dir, json, runs, ...choice } = options;
  const question = { endpoints: selectEndpoints(named), runs: runs ?? (json ? RUNS : 0), now: shell.now() };
  const inAws = Object.values(choice).some((value) => value !== undefined);
  const { statuses, audits } = inAws
    ? await deployedStatuses(shell, choice, question)
    : await localStatuses(dir, question);
  if (json) shell.stdout.write(`${JSON.stringify(statuses, null, 2)}\n`);
  else if (statuses.length === 0) shell.stdout.write(`nothing was ingested into ${dir} yet\n`);
  else shell.stdout.write(formatStatus(statuses) + formatAudits(audits));
}

/** What the command shows. */
interface Shown {
  readonly statuses: readonly ShownStatus[];
  /** The last audit of each tenant that had one. */
  readonly audits: readonly ShownAudit[];
}

interface Question {
  readonly endpoints: readonly Endpoint[];
  readonly runs: number;
  readonly now: number;
}

async function deployedStatuses(shell: Shell, choice: DeploymentOptions, question: Question): Promise<Shown> {
  const [{ withDeployment }, { readDeploymentStatus }] = await Promise.all([
    import('../../deployment/deployment.ts'),
    import('../../deployment/deployment-status.ts'),
  ]);
  return withDeployment(shell, selectDeployment(choice), async (deployment) => {
    const statuses = await readDeploymentStatus(deployment, question);
    const { stateTable } = await deployment.facts();
    return { statuses, audits: await readAudits(deployment.dynamodb, stateTable, statuses) };
  });
}

async function localStatuses(folder: string, { endpoints, runs, now }: Question): Promise<Shown> {
  await requireLake(folder, ', or give --deployment to see a deployment in AWS');
  const local = await startLocalAws(folder, { secrets: {} });
  const { dynamodb } = createAwsClients(readClientSettings(local.environment));
  const table = local.environment.STATE_TABLE;
  try {
    const statuses = await readStatus(dynamodb, table, now);
    const chosen = statuses.filter(({ endpoint }) => endpoints.some(({ name }) => name === endpoint));
    const shown = await Promise.all(
      chosen.map(async (each) => ({
        ...each,
        runs: runs === 0 ? [] : await listRuns(dynamodb, table, each, runs),
      })),
    );
    return { statuses: shown, audits: await readAudits(dynamodb, table, shown) };
  } finally {
    dynamodb.destroy();
    await local.close();
  }
}
