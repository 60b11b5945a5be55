import { Command, Option } from 'commander';
import { BACKFILLED } from '../../../lambdas/runs/backfill-slices.ts';
import { type BackfillProgress, formatProgress } from '../../deployment/backfill-progress.ts';
import { UsageError } from '../../terminal/failure.ts';
import type { Shell } from '../../terminal/shell.ts';
import {
  createDeploymentOptions,
  createDirOption,
  createJsonOption,
  parseDecimalNumber,
  parseSince,
  parseWholeNumber,
  type Since,
  selectDeployment,
} from '../common-options.ts';
import { backfillLocally } from './backfill-locally.ts';
import { readBackfills, readProgress } from './backfill-note.ts';
import { type BackfillOptions, parseWanted } from './backfill-options.ts';

const HELP = `
A backfill reads a range again, or for the first time, and leaves alone where live runs go on. It works slice by slice;
what was interrupted goes on with the same command, and what is done is not done twice, unless with --again.

With --region, --profile or --deployment the state machine of a deployment does it, and goes on whether or not you wait;
without, this machine does it in --dir.

Examples:
  $ ccaip backfill --base-url https://acme.uc1.ccaiplatform.com/manager/api/v1 --dir acme --endpoint call --from 2025-01-01 --to 2025-04-01
  $ ccaip backfill --region eu-central-1 --tenant acme --endpoint call --from 2025-01-01 --to 2025-04-01 --no-wait
  $ ccaip backfill --region eu-central-1 --status

Endpoints: ${BACKFILLED.join(', ')}`;

export function createBackfillCommand(shell: Shell): Command {
  const command = new Command('backfill')
    .summary('read a range of time again')
    .description('Ingests a range of a tenant beside what live runs ingest, in a folder or in AWS.')
    .addOption(new Option('--endpoint <name>', 'what to read'))
    .addOption(new Option('--from <date>', 'first moment: a date, or 90d').argParser<Since>(parseSince))
    .addOption(new Option('--to <date>', 'end of the range, itself not read').argParser<Since>(parseSince))
    .addOption(
      new Option('--slice-hours <number>', 'length of a slice').argParser(parseDecimalNumber(0.01)).default(24),
    )
    .addOption(new Option('--concurrency <number>', 'slices at a time').argParser(parseWholeNumber(1, 16)).default(2))
    .addOption(new Option('--base-url <url>', 'base URL of the Manager API (default: the simulated centre)'))
    .addOption(new Option('--tenant <name>', 'name of the tenant (default: from the host name, or the only one)'))
    .addOption(createDirOption())
    .addOption(new Option('--rate <number>', 'most requests per second').argParser(parseDecimalNumber(0.01, 1000)));
  for (const option of createDeploymentOptions()) command.addOption(option.conflicts(['dir', 'baseUrl', 'rate']));
  return command
    .addOption(new Option('--again', 'read all of it, also what is done already'))
    .addOption(new Option('--no-wait', 'in AWS: start it and do not wait for its end'))
    .addOption(new Option('--status', 'show how far the backfills of the folder or the deployment have come'))
    .addOption(createJsonOption('print JSON: how far the backfill has come; an array with --status'))
    .addHelpText('after', HELP)
    .action((options: BackfillOptions) => (options.status ? showStatus(shell, options) : backfill(shell, options)));
}

const inAws = ({ deployment, region, profile }: BackfillOptions) =>
  [deployment, region, profile].some((choice) => choice !== undefined);

// the clients of eight AWS services: only for who needs them
const modules = () => Promise.all([import('../../deployment/deployment.ts'), import('./backfill-in-aws.ts')]);

async function backfill(shell: Shell, options: BackfillOptions): Promise<void> {
  const wanted = parseWanted(options);
  let progress: BackfillProgress;
  if (inAws(options)) {
    const [{ withDeployment }, { backfillInAws }] = await modules();
    progress = await withDeployment(shell, selectDeployment(options), (deployment) =>
      backfillInAws(shell, deployment, wanted, options),
    );
  } else {
    if (!options.wait) throw new UsageError('--no-wait is for a deployment: give --region, --profile or --deployment');
    progress = await backfillLocally(shell, wanted, options);
  }
  if (options.json) shell.stdout.write(`${JSON.stringify(progress, null, 2)}\n`);
  if (progress.leftToLiveFrom !== null)
    shell.stderr.write(`what changed from ${progress.leftToLiveFrom} on is read by live runs\n`);
}

async function showStatus(shell: Shell, options: BackfillOptions): Promise<void> {
  const all = inAws(options)
    ? await deployedProgress(shell, options)
    : (await readBackfills(options.dir)).map(readProgress);
  if (options.json) shell.stdout.write(`${JSON.stringify(all, null, 2)}\n`);
  else if (all.length > 0) shell.stdout.write(formatProgress(all));
  else shell.stdout.write(inAws(options) ? 'there was no backfill for 90 days\n' : nothingIn(options));
}

const nothingIn = ({ dir }: BackfillOptions) =>
  `nothing was backfilled into ${dir} yet; give --region, --profile or --deployment for AWS\n`;

async function deployedProgress(shell: Shell, options: BackfillOptions): Promise<readonly BackfillProgress[]> {
  const [{ withDeployment }, { listRecentBackfills }] = await modules();
  return withDeployment(shell, selectDeployment(options), listRecentBackfills);
}
