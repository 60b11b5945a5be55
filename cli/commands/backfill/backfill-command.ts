import { Command, Option } from 'commander';
import { BACKFILLED } from '../../../lambdas/runs/backfill-slices.ts';
import { type BackfillProgress, formatProgress } from '../../deployment/backfill-progress.ts';
import { UsageError } from '../../terminal/failure.ts';
import type { Shell } from '../../terminal/shell.ts';
import { wrapWords } from '../../terminal/wrap-words.ts';
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
A backfill reads a range for the first time or again. It does not move the cursor of live runs. It reads slice by slice.
To continue an interrupted backfill, repeat the command. Slices that are done are skipped unless you give --again.

With --region, --profile or --deployment a state machine in AWS runs the backfill, whether or not you wait for it.
Otherwise this machine runs it in --dir.

Examples:
  $ ccaip backfill --base-url https://acme.uc1.ccaiplatform.com/manager/api/v1 --dir acme --endpoint call --from 2025-01-01 --to 2025-04-01
  $ ccaip backfill --region eu-central-1 --tenant acme --endpoint call --from 2025-01-01 --to 2025-04-01 --no-wait
  $ ccaip backfill --region eu-central-1 --status

${wrapWords(`Endpoints: ${BACKFILLED.join(', ')}`)}`;

export function createBackfillCommand(shell: Shell): Command {
  const command = new Command('backfill')
    .summary('read a time range for the first time or again')
    .description('Ingests a time range of an endpoint in addition to the live runs, in a folder or in AWS.')
    .addOption(new Option('--endpoint <name>', 'endpoint to read'))
    .addOption(new Option('--from <date>', 'start of the range, a date or 90d').argParser<Since>(parseSince))
    .addOption(new Option('--to <date>', 'end of the range, exclusive').argParser<Since>(parseSince))
    .addOption(
      new Option('--slice-hours <number>', 'length of a slice in hours')
        .argParser(parseDecimalNumber(0.01))
        .default(24),
    )
    .addOption(
      new Option('--concurrency <number>', 'slices read at the same time')
        .argParser(parseWholeNumber(1, 16))
        .default(2),
    )
    .addOption(new Option('--base-url <url>', 'base URL of the Manager API (default: the simulated contact centre)'))
    .addOption(new Option('--tenant <name>', 'name of the tenant (default: from the host name, or the only one)'))
    .addOption(createDirOption())
    .addOption(new Option('--rate <number>', 'maximum requests per second').argParser(parseDecimalNumber(0.01, 1000)));
  for (const option of createDeploymentOptions()) command.addOption(option.conflicts(['dir', 'baseUrl', 'rate']));
  return command
    .addOption(new Option('--again', 'also read the slices that are done'))
    .addOption(new Option('--no-wait', 'start a backfill in AWS and do not wait for its end'))
    .addOption(new Option('--status', 'show the progress of the backfills of the folder or the deployment'))
    .addOption(createJsonOption('print the progress as a JSON object, or as an array with --status'))
    .addHelpText('after', HELP)
    .action((options: BackfillOptions) => (options.status ? showStatus(shell, options) : backfill(shell, options)));
}

const inAws = ({ deployment, region, profile }: BackfillOptions) =>
  [deployment, region, profile].some((choice) => choice !== undefined);

// loads the clients of eight AWS services only when they are needed
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
    if (!options.wait) throw new UsageError('--no-wait needs a deployment. Give --region, --profile or --deployment');
    progress = await backfillLocally(shell, wanted, options);
  }
  if (options.json) shell.stdout.write(`${JSON.stringify(progress, null, 2)}\n`);
  if (progress.leftToLiveFrom !== null)
    shell.stderr.write(`live runs read everything that changed from ${progress.leftToLiveFrom} on\n`);
}

async function showStatus(shell: Shell, options: BackfillOptions): Promise<void> {
  const all = inAws(options)
    ? await deployedProgress(shell, options)
    : (await readBackfills(options.dir)).map(readProgress);
  if (options.json) shell.stdout.write(`${JSON.stringify(all, null, 2)}\n`);
  else if (all.length > 0) shell.stdout.write(formatProgress(all));
  else shell.stdout.write(inAws(options) ? 'there was no backfill in the last 90 days\n' : nothingIn(options));
}

const nothingIn = ({ dir }: BackfillOptions) =>
  `there was no backfill into ${dir} yet. Give --region, --profile or --deployment to see AWS\n`;

async function deployedProgress(shell: Shell, options: BackfillOptions): Promise<readonly BackfillProgress[]> {
  const [{ withDeployment }, { listRecentBackfills }] = await modules();
  return withDeployment(shell, selectDeployment(options), listRecentBackfills);
}
