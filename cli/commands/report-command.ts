import { access, writeFile } from 'node:fs/promises';
import { Command, Option } from 'commander';
import { listNames } from '../../lib/configuration/nearest-name.ts';
import { locateLake } from '../../local/aws/local-aws.ts';
import { readErrorCode } from '../../local/aws/local-aws-error.ts';
import { listCallDays } from '../../local/warehouse/lake-days.ts';
import { openWarehouse } from '../../local/warehouse/open-warehouse.ts';
import { isZone } from '../../sql/queries/parameters.ts';
import type { Period } from '../report/create-report.ts';
import { CommandError, UsageError } from '../terminal/failure.ts';
import type { Shell } from '../terminal/shell.ts';
import { createDirOption, createJsonOption, parseDay } from './common-options.ts';

interface ReportOptions {
  readonly dir: string;
  readonly tenant?: string;
  readonly from?: string;
  readonly to?: string;
  readonly zone: string;
  readonly out: string;
  readonly json?: true;
}

const HELP = `
The file is self-contained. It needs no network and no other file, so you can send, print and archive it.

Examples:
  $ ccaip report
  $ ccaip report --dir acme --from 2026-11-01 --to 2026-11-30 --zone Europe/Berlin --out november.html`;

const ALL_TENANTS = 'ccaip status lists all';

export function reportCommand(shell: Shell): Command {
  return new Command('report')
    .summary('write an HTML report with key figures and charts')
    .description('Writes one HTML file with the key figures and charts of a period, each with its SQL.')
    .addOption(createDirOption())
    .option('--tenant <name>', 'the tenant (default: the only one in the folder)')
    .addOption(
      new Option(
        '--from <date>',
        'first day (default: the last four weeks, or half of the days with calls if fewer)',
      ).argParser(parseDay),
    )
    .addOption(new Option('--to <date>', 'last day (default: the last day with calls)').argParser(parseDay))
    .option('--zone <zone>', 'time zone of days and hours, e.g. Europe/Berlin', 'UTC')
    .option('--out <file>', 'file to write', 'report.html')
    .addOption(createJsonOption('print one JSON object with file, tenant, from and to'))
    .addHelpText('after', HELP)
    .action((options: ReportOptions) => report(shell, options));
}

async function report({ stdout }: Shell, options: ReportOptions): Promise<void> {
  if (!isZone(options.zone))
    throw new UsageError(`--zone ${options.zone} is not a time zone. Give a name like Europe/Berlin`);
  const { tenant, from, to } = await writeReport(options);
  const said = options.json
    ? JSON.stringify({ file: options.out, tenant, from, to })
    : `Report of ${tenant}, ${from} to ${to}: ${options.out}`;
  stdout.write(`${said}\n`);
}

/**
 * Writes the report of a folder's lake.
 * @returns the period it covers
 * @throws CommandError if there is nothing to report or the file cannot be written
 */
export async function writeReport(options: Omit<ReportOptions, 'json'>): Promise<Period> {
  const lake = locateLake(options.dir);
  await access(lake).catch(() => {
    throw new CommandError(
      `there is no lake in ${options.dir}. Run ccaip demo or ccaip run first, or point --dir to the folder of a run`,
    );
  });
  // the chart library loads slowly, and no other command needs it
  const { createReport, createPeriod } = await import('../report/create-report.ts');
  const period = createPeriod(...(await chosen(lake, options)));
  await using warehouse = await openWarehouse(lake);
  const page = await createReport(warehouse, period);
  await writeFile(options.out, page).catch((error: unknown) => {
    throw new CommandError(`cannot write ${options.out} (${readErrorCode(error)}). Choose another file with --out`);
  });
  return period;
}

/** The requested tenant and days, and the days that have calls. */
async function chosen(lake: string, { dir, tenant, from, to, zone }: Omit<ReportOptions, 'json'>) {
  const tenants = await listCallDays(lake);
  const names = [...tenants.keys()];
  const [name = ''] = tenant === undefined ? names : [tenant];
  if (names.length === 0) throw new CommandError(`there are no calls in ${dir} yet, so there is nothing to report`);
  if (tenant === undefined && names.length > 1)
    throw new UsageError(
      `there are several tenants in ${dir}. Choose one with --tenant: ${listNames(names, ALL_TENANTS)}`,
    );
  const [first, ...more] = tenants.get(name) ?? [];
  if (first === undefined)
    throw new UsageError(
      `there are no calls of tenant "${name}" in ${dir}. There are calls of ${listNames(names, ALL_TENANTS, name)}`,
    );
  const last = more.at(-1) ?? first;
  if (from !== undefined && from > (to ?? last))
    throw new UsageError(`the period ends before it begins: --from ${from}, last day ${to ?? last}`);
  const given = { tenant: name, zone, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
  return [given, { first, last }] as const;
}
