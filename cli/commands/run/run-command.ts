import { Argument, Command, Option } from 'commander';
import { ENDPOINTS, type Endpoint } from '../../../catalog/index.ts';
import { startLocalFunctions } from '../../../local/runtime/local-functions.ts';
import { count } from '../../terminal/counting.ts';
import { SilentFailure, UsageError } from '../../terminal/failure.ts';
import { createProgress } from '../../terminal/progress.ts';
import type { Shell } from '../../terminal/shell.ts';
import { wrapWords } from '../../terminal/wrap-words.ts';
import {
  createDirOption,
  createJsonOption,
  createSimulationOptions,
  parseDecimalNumber,
  parseSince,
  type Since,
} from '../common-options.ts';
import { addEndpoint, selectEndpoints } from '../endpoint-names.ts';
import { addQuirk } from '../quirk-names.ts';
import { openRunTarget, type RunTargetOptions } from '../run-target.ts';
import { tellWaits } from '../tell-waits.ts';
import { catchUp } from './catch-up.ts';
import { describeMissing, findMissingRanges, noteHistoryStart } from './history-start.ts';
import { listProblems, toJson } from './run-results.ts';

interface RunOptions extends RunTargetOptions {
  readonly dir: string;
  readonly without?: readonly Endpoint[];
  readonly json?: true;
  readonly verbose?: true;
}

interface Given {
  /** Whether the user gave `--since`. */
  readonly isSinceGiven: boolean;
}

const HELP = `
Runs the same functions as Lambda. S3, DynamoDB and Secrets Manager are embedded and keep their data in --dir.
Set the credential in CCAIP_USERNAME (the subdomain) and CCAIP_PASSWORD (an API credential token).

Without --base-url it ingests a simulated contact centre. Its clock stands at the end of the last simulated day.

Examples:
  $ ccaip run --base-url https://acme.uc1.ccaiplatform.com/manager/api/v1 --tenant acme --since 7d --dir acme
  $ ccaip run call call_participant --since 2026-11-02
  $ ccaip run --dir trial && ccaip query --dir trial "select count(*) from call"

${wrapWords(`Endpoints: ${ENDPOINTS.map(({ name }) => name).join(', ')}`)}`;

export function runCommand(shell: Shell): Command {
  const command = new Command('run')
    .summary('ingest a tenant into a folder on this machine')
    .description(
      'Ingests endpoints of a CCAI Platform tenant into a folder. Each run continues where the last one ended.',
    )
    .addArgument(new Argument('[endpoint...]', 'endpoints to ingest (default: all)').argParser(addEndpoint))
    .addOption(
      new Option('--without <endpoint>', 'endpoint to leave out, e.g. one the tenant lacks; can be repeated').argParser(
        addEndpoint,
      ),
    )
    .addOption(new Option('--base-url <url>', 'base URL of the Manager API, with its path prefix'))
    .addOption(new Option('--tenant <name>', 'name of the tenant in tables and folders (default: from the host name)'))
    .addOption(createDirOption())
    .addOption(
      new Option('--since <date>', 'start of history for endpoints never ingested before, 30d or a date')
        .argParser<Since>(parseSince)
        .default({ before: 30 * 86_400_000 }, '30d'),
    )
    .addOption(
      new Option('--rate <number>', 'maximum requests per second (default: 8; simulated: 400)').argParser(
        parseDecimalNumber(0.01, 1000),
      ),
    );
  for (const option of createSimulationOptions()) command.addOption(option);
  return command
    .addOption(
      new Option(
        '--quirk <name>',
        'what the simulated platform does wrong (ccaip simulate --help lists all); can be repeated',
      ).argParser(addQuirk),
    )
    .addOption(createJsonOption('print one JSON object with the results of each endpoint'))
    .addOption(new Option('--verbose', 'print the logs of the functions on stderr'))
    .addHelpText('after', HELP)
    .action((names: Endpoint[] | undefined, options: RunOptions) =>
      run(shell, names ?? [], { ...options, isSinceGiven: command.getOptionValueSource('since') === 'cli' }),
    );
}

async function run(shell: Shell, chosen: readonly Endpoint[], options: RunOptions & Given): Promise<void> {
  const { environment, stdout, stderr } = shell;
  const endpoints = selectEndpoints(chosen, options.without);
  if (endpoints.length === 0) throw new UsageError('nothing is left to ingest: --without names every endpoint');
  const target = await openRunTarget(shell, options);
  const note = (sentence: string) => stderr.write(`${sentence}\n`);
  const functions = await startLocalFunctions({
    folder: options.dir,
    secrets: target.secrets,
    tenants: [target.tenant],
    verbose: options.verbose ?? false,
  });
  const stop = () => {
    note('stopping at the next batch (press Ctrl-C again to stop at once)');
    functions.interrupt();
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const stopListening = tellWaits(note);
  try {
    await target.claim();
    note(target.title);
    if (functions.abandonedLeases > 0)
      note(
        `an earlier run was killed, so ${count(functions.abandonedLeases, 'endpoint continues', 'endpoints continue')} from its last commit`,
      );
    const progress = createProgress(stderr);
    const history = { functions, target, dir: options.dir, endpoints };
    await noteHistoryStart(history);
    const results = await catchUp({ functions, endpoints, tenant: target.tenant, now: target.now, progress, note });
    progress.stop();
    const missing = options.isSinceGiven ? await findMissingRanges(history) : [];
    if (missing.length > 0) note(describeMissing(missing, { ...options, tenant: target.tenant.name }));
    if (options.json) stdout.write(`${JSON.stringify(toJson(results, environment), null, 2)}\n`);
    for (const sentence of listProblems(results, target.tenant.baseUrl, environment)) note(`ccaip: ${sentence}`);
    if ([...results.values()].some(({ error }) => error !== undefined)) throw new SilentFailure();
    if (!options.json) note(`done. Query it with ccaip query --dir ${options.dir} "select count(*) from call"`);
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
    stopListening();
    await functions.close();
    await target.close();
  }
}
