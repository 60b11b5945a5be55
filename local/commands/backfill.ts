import { Command, Option } from 'commander';
import pMap from 'p-map';
import { type Endpoint, findEndpoint } from '../../lambdas/catalog/index.ts';
import { BACKFILLED, slicesOf, whyNoRange } from '../../lambdas/config/backfill.ts';
import type { TimeRange } from '../../lambdas/config/time-range.ts';
import { type BackfillNote, keep, readBackfills, takeUp } from './backfill-note.ts';
import { count } from './counting.ts';
import { CommandError, UsageError } from './failure.ts';
import { type LocalFunctions, startLocalFunctions } from './local-functions.ts';
import { decimalNumber, dirOption, jsonOption, type Since, since, sinceOf, wholeNumber } from './options.ts';
import { createProgress } from './progress.ts';
import { openRunTarget, type RunTarget } from './run-target.ts';
import { textTable } from './text-table.ts';

interface BackfillOptions {
  readonly dir: string;
  readonly baseUrl?: string;
  readonly tenant?: string;
  readonly endpoint?: string;
  readonly from?: Since;
  readonly to?: Since;
  readonly sliceHours: number;
  readonly concurrency: number;
  readonly rate?: number;
  readonly status?: true;
  readonly json?: true;
}

const HELP = `
A backfill reads a range again, or for the first time, and leaves alone where ccaip run goes on. It works slice by slice;
what was interrupted goes on with the same command.

Examples:
  $ ccaip backfill --base-url https://acme.uc1.ccaiplatform.com/manager/api/v1 --dir acme --endpoint call --from 2025-01-01 --to 2025-04-01
  $ ccaip backfill --dir acme --status

Endpoints: ${BACKFILLED.join(', ')}`;

export function backfillCommand(): Command {
  return new Command('backfill')
    .summary('read a range of time again')
    .description('Ingests a range of a tenant beside what ccaip run ingests.')
    .addOption(new Option('--endpoint <name>', 'what to read'))
    .addOption(new Option('--from <date>', 'first moment: a date, or 90d').argParser<Since>(since))
    .addOption(new Option('--to <date>', 'end of the range, itself not read').argParser<Since>(since))
    .addOption(new Option('--slice-hours <number>', 'length of a slice').argParser(decimalNumber(0.01)).default(24))
    .addOption(new Option('--concurrency <number>', 'slices at a time').argParser(wholeNumber(1, 16)).default(2))
    .addOption(new Option('--base-url <url>', 'base URL of the Manager API (default: the simulated centre)'))
    .addOption(new Option('--tenant <name>', 'name of the tenant (default: from the host name)'))
    .addOption(dirOption())
    .addOption(new Option('--rate <number>', 'most requests per second').argParser(decimalNumber(0.01, 1000)))
    .addOption(new Option('--status', 'show how far the backfills of the folder have come'))
    .addOption(jsonOption('print a JSON object: what the backfill did'))
    .addHelpText('after', HELP)
    .action((options: BackfillOptions) => (options.status ? showStatus(options) : backfill(options)));
}

async function showStatus({ dir, json }: BackfillOptions): Promise<void> {
  const notes = await readBackfills(dir);
  if (json) process.stdout.write(`${JSON.stringify(notes, null, 2)}\n`);
  else if (notes.length === 0) process.stdout.write(`nothing was backfilled into ${dir} yet\n`);
  else
    process.stdout.write(
      textTable(
        ['tenant', 'endpoint', 'from', 'to', 'slices done', 'records'],
        notes.map(({ tenant, endpoint, from, to, slices, done, records }) => [
          tenant,
          endpoint,
          from,
          to,
          `${done.length} of ${slices}`,
          records,
        ]),
      ),
    );
}

async function backfill(options: BackfillOptions): Promise<void> {
  const endpoint = endpointOf(options.endpoint);
  const { from, to } = options;
  if (from === undefined || to === undefined) throw new UsageError('which range? Give --from and --to');
  // where nothing was ingested yet nobody else reads: then all of the range is ours
  const target = await openRunTarget({ ...options, since: to });
  try {
    await backfillRange(endpoint, { from: sinceOf(from, target.now), to: sinceOf(to, target.now) }, target, options);
  } finally {
    await target.close();
  }
}

async function backfillRange(
  endpoint: Endpoint,
  range: TimeRange,
  target: RunTarget,
  options: BackfillOptions,
): Promise<void> {
  if (range.from >= range.to) throw new UsageError('--from has to be before --to');
  const slices = slicesWithin(range, options.sliceHours);
  const functions = await startLocalFunctions({ folder: options.dir, secrets: target.secrets });
  const stop = () => functions.interrupt();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    await target.claim();
    const { name: tenant } = target.tenant;
    const { sliceHours } = options;
    const note = await takeUp(options.dir, {
      ...{ tenant, endpoint: endpoint.name, ...range, sliceHours, slices: slices.length },
      ...{ done: [], records: 0, leftToLiveFrom: null },
    });
    await runSlices(functions, target, slices, note, options);
    if (options.json) process.stdout.write(`${JSON.stringify(note, null, 2)}\n`);
    if (note.leftToLiveFrom !== null)
      process.stderr.write(`what changed from ${note.leftToLiveFrom} on is read by ccaip run\n`);
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
    await functions.close();
  }
}

function endpointOf(name: string | undefined): Endpoint {
  const endpoint = findEndpoint(name ?? '');
  if (endpoint === undefined) throw new UsageError(`which endpoint? Give --endpoint, one of ${BACKFILLED.join(', ')}`);
  const reason = whyNoRange(endpoint);
  if (reason !== undefined) throw new UsageError(reason);
  return endpoint;
}

function slicesWithin(range: TimeRange, hours: number): TimeRange[] {
  try {
    return slicesOf(range, hours);
  } catch (error) {
    throw error instanceof RangeError ? new UsageError(error.message) : error;
  }
}

async function runSlices(
  functions: LocalFunctions,
  { tenant, now }: RunTarget,
  slices: readonly TimeRange[],
  note: BackfillNote,
  { dir, concurrency }: BackfillOptions,
): Promise<void> {
  const progress = createProgress(process.stderr);
  const step = progress.step(note.endpoint);
  const left = slices.filter(({ from }) => !note.done.includes(from));
  const event = { endpoint: note.endpoint, tenant, scheduledTime: new Date(now).toISOString() };
  let kept = Promise.resolve();
  await pMap(
    left,
    async (slice) => {
      let from = slice.from;
      for (let outcome = 'more'; outcome !== 'done'; ) {
        if (functions.interrupted) throw new CommandError('stopped: the same command goes on from here');
        const summary = await functions.invoke({ ...event, range: { from, to: slice.to } });
        note.records += summary.records;
        from = summary.reached ?? from;
        outcome = summary.outcome;
      }
      note.done.push(slice.from);
      if (from < slice.to && (note.leftToLiveFrom === null || from < note.leftToLiveFrom)) note.leftToLiveFrom = from;
      kept = kept.then(() => keep(dir, note));
      await kept;
      step.update(note.done.length / slices.length, count(note.records, 'record'));
    },
    { concurrency },
  );
  step.done(`${count(note.records, 'record')}, ${note.done.length} of ${count(slices.length, 'slice')}`);
  progress.stop();
}
