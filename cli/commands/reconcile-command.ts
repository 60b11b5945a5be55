import { Command, InvalidArgumentError, Option } from 'commander';
import type { PortalReport } from '../../catalog/portal-report.ts';
import { PORTAL_REPORTS } from '../../catalog/portal-reports.ts';
import { listNames, suggestName } from '../../lib/configuration/nearest-name.ts';
import { listCallDays } from '../../local/warehouse/lake-days.ts';
import { openWarehouse } from '../../local/warehouse/open-warehouse.ts';
import { isZone } from '../../sql/queries/parameters.ts';
import { chooseKeys, matchColumns } from '../reconcile/column-match.ts';
import { readPortalCsv } from '../reconcile/portal-csv.ts';
import { askPortalQuery } from '../reconcile/portal-query.ts';
import { reduceText } from '../reconcile/portal-values.ts';
import { choosePeriod } from '../reconcile/reconciled-period.ts';
import { reconcile } from '../reconcile/reconciliation.ts';
import { describeReconciliation } from '../reconcile/reconciliation-text.ts';
import { EMPTY_CONTEXT, readContext } from '../reconcile/session-context.ts';
import { CommandError, SilentFailure, UsageError } from '../terminal/failure.ts';
import type { Shell } from '../terminal/shell.ts';
import { createDirOption, createJsonOption, parseDay } from './common-options.ts';
import { requireLake } from './existing-lake.ts';

interface ReconcileOptions {
  readonly report: string;
  readonly csv: string;
  readonly map: Readonly<Record<string, string>>;
  readonly param: Readonly<Record<string, string>>;
  readonly channel: 'call' | 'chat';
  readonly from?: string;
  readonly to?: string;
  readonly zone: string;
  readonly tenant?: string;
  readonly dir: string;
  readonly json?: true;
}

const HELP = `
The reports:
${PORTAL_REPORTS.map(({ name, title }) => `  ${name.padEnd(26)} ${title}`).join('\n')}

Export the report in the portal as CSV, and give the time zone that you chose there. Column names may differ in case,
spaces and punctuation. Each column says how many rows agree, how many differ, and why, as far as the facts tell.

Examples:
  $ ccaip reconcile --report queued-interactions --csv queued.csv --zone Europe/Berlin
  $ ccaip reconcile --report handled-interactions --csv handled.csv --map "Busy Time=talk_time" --json
  $ ccaip reconcile --report queue-summary-all --csv summary.csv --param short=5 --param short_abandons=out

Exit codes: 0 if everything agrees or differs by rounding only, 1 if something differs.`;

export function reconcileCommand(shell: Shell): Command {
  return new Command('reconcile')
    .summary("compare an export of the portal's reports with the lake")
    .description('Lays a CSV export of a portal report beside the same report of the lake, row by row.')
    .addOption(new Option('--report <name>', 'the report of the portal, see below').makeOptionMandatory())
    .addOption(new Option('--csv <file>', 'the export').makeOptionMandatory())
    .addOption(
      new Option('--map <column=name>', 'our name of a column of the export; can be repeated')
        .argParser(addPair)
        .default({}, 'by name'),
    )
    .addOption(
      new Option('--param <name=value>', 'set a parameter of the named query, such as target; can be repeated')
        .argParser(addPair)
        .default({}, 'see docs/portal.md'),
    )
    .addOption(new Option('--channel <channel>', 'what the export is of').choices(['call', 'chat']).default('call'))
    .addOption(new Option('--from <date>', 'first day (default: the first in the export)').argParser(parseDay))
    .addOption(new Option('--to <date>', 'last day (default: the last in the export)').argParser(parseDay))
    .option('--zone <zone>', 'time zone that the report was made for, e.g. Europe/Berlin', 'UTC')
    .option('--tenant <name>', 'the tenant (default: the only one in the folder)')
    .addOption(createDirOption())
    .addOption(createJsonOption('print one JSON object with rows, columns, reasons and examples'))
    .addHelpText('after', HELP)
    .action((options: ReconcileOptions) => runReconciliation(shell, options));
}

function addPair(text: string, others: Readonly<Record<string, string>>): Record<string, string> {
  const [, left, right] = /^(.+)=([^=]+)$/s.exec(text) ?? [];
  if (left === undefined || right === undefined)
    throw new InvalidArgumentError('Give two names with = between them, e.g. "Talk=talk_time".');
  return { ...others, [left.trim()]: right.trim() };
}

async function runReconciliation({ stdout }: Shell, options: ReconcileOptions): Promise<void> {
  const { csv: file, zone, channel } = options;
  if (!isZone(zone)) throw new UsageError(`--zone ${zone} is not a time zone. Give a name like Europe/Berlin`);
  const report = findReport(options.report);
  const csv = await readPortalCsv(file);
  const match = matchColumns(report, csv.headers, options.map);
  const keys = chooseKeys(file, report, match, csv.headers);
  const days = choosePeriod(file, report, csv, match.matched, options);
  const lake = await requireLake(options.dir);
  const tenant = await chooseTenant(lake, options);
  await using warehouse = await openWarehouse(lake);
  const { rows: here, parameters } = await askPortalQuery(
    warehouse,
    report,
    { tenant, channel, zone, ...days },
    options.param,
  );
  const context = report.isDetailed
    ? await readContext(warehouse, report, { tenant, channel, ...days })
    : EMPTY_CONTEXT;
  const result = reconcile({ report, csv, match, keys, here, days, zone, context });
  const about = { report: report.name, title: report.title, tenant, channel, ...days, zone, parameters };
  stdout.write(
    options.json
      ? `${JSON.stringify({ ...about, ...result, not_in_api: report.missing }, null, 2)}\n`
      : `${report.title} of ${tenant}, ${channel}s, ${days.from} to ${days.to}, ${zone}\n${describeReconciliation(result)}`,
  );
  if (!result.agrees) throw new SilentFailure('the export and the lake differ');
}

function findReport(given: string): PortalReport {
  const report = PORTAL_REPORTS.find(({ name, title }) => name === given || reduceText(title) === reduceText(given));
  if (report !== undefined) return report;
  const names = PORTAL_REPORTS.map(({ name }) => name);
  throw new UsageError(`there is no report "${given}"; ${suggestName(given, names)}ccaip reconcile --help lists all`);
}

async function chooseTenant(lake: string, { dir, tenant }: ReconcileOptions): Promise<string> {
  const names = [...(await listCallDays(lake)).keys()];
  const all = 'ccaip status lists all';
  if (tenant !== undefined) {
    if (names.includes(tenant)) return tenant;
    throw new UsageError(
      `there are no calls of tenant "${tenant}" in ${dir}. There are calls of ${listNames(names, all, tenant)}`,
    );
  }
  const [only, ...others] = names;
  if (only === undefined) throw new CommandError(`there are no calls in ${dir} yet, so there is nothing to compare`);
  if (others.length > 0)
    throw new UsageError(`there are several tenants in ${dir}. Choose one with --tenant: ${listNames(names, all)}`);
  return only;
}
