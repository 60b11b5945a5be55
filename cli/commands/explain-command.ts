import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import * as z from 'zod';
import { listNames } from '../../lib/configuration/nearest-name.ts';
import { openWarehouse } from '../../local/warehouse/open-warehouse.ts';
import type { Warehouse } from '../../local/warehouse/warehouse.ts';
import { type Explanation, explainCall, type MetricExplanation } from '../explain/explanation.ts';
import { drawTimeLine } from '../explain/time-line.ts';
import { count } from '../terminal/counting.ts';
import { CommandError } from '../terminal/failure.ts';
import type { Shell } from '../terminal/shell.ts';
import { createDirOption, createJsonOption } from './common-options.ts';
import { requireLake } from './existing-lake.ts';

interface ExplainOptions {
  readonly dir: string;
  readonly tenant?: string;
  readonly json?: true;
}

const HELP = `
Prints the newest version of the call in the lake: its time line, and the formula, inputs and status of each metric.
People appear by their ids only.

Examples:
  $ ccaip explain 1234
  $ ccaip explain 1234 --tenant acme --dir acme --json`;

export function explainCommand(shell: Shell): Command {
  return new Command('explain')
    .summary('show how the metrics of a call were computed')
    .description('Draws the time line of a call and explains each of its metrics.')
    .addArgument(new Argument('<call id>', 'id of the call').argParser(callId))
    .addOption(
      new Option('--tenant <name>', 'tenant of the call, if several tenants have a call with this id').argParser(
        tenantName,
      ),
    )
    .addOption(createDirOption())
    .addOption(createJsonOption('print one JSON object with segments, participants and metrics'))
    .addHelpText('after', HELP)
    .action((id: string, options: ExplainOptions) => explain(shell, id, options));
}

function callId(text: string): string {
  if (/^-?\d{1,18}$/.test(text)) return text;
  throw new InvalidArgumentError('Give the id of a call, a whole number.');
}

function tenantName(text: string): string {
  if (/^[a-z0-9][a-z0-9-]{0,39}$/.test(text)) return text;
  throw new InvalidArgumentError('Give the name of a tenant: lower case letters, digits and hyphens.');
}

async function explain({ stdout }: Shell, id: string, options: ExplainOptions): Promise<void> {
  const lake = await requireLake(options.dir);
  await using warehouse = await openWarehouse(lake, { threads: 1 });
  const { tenant, line, versions } = await newestVersion(warehouse, id, options);
  const explanation = explainCall(z.record(z.string(), z.unknown()).parse(JSON.parse(line)));
  stdout.write(
    options.json
      ? `${JSON.stringify({ tenant, versions, ...explanation }, null, 2)}\n`
      : inWords(tenant, versions, explanation, stdout.columns),
  );
}

const versionSchema = z.object({ tenant: z.string(), line: z.string(), versions: z.number() });

/** The newest line of a call, in the order that the view `call` uses. */
async function newestVersion(warehouse: Warehouse, id: string, { tenant, dir }: ExplainOptions) {
  const { rows } = await warehouse.query(`
    SELECT
      tenant,
      arg_max(line, (json_extract_scalar(line, '$.updated_at'), json_extract_scalar(line, '$._extracted_at'))) AS line,
      count(*) AS versions
    FROM raw_call
    WHERE json_extract_scalar(line, '$.id') = '${id}'
      -- not a line that only says in which partition the record is
      AND json_extract_scalar(line, '$._none') IS NULL ${tenant === undefined ? '' : `AND tenant = '${tenant}'`}
    GROUP BY tenant
    ORDER BY tenant`);
  const found = z.array(versionSchema).parse(rows);
  const [version, ...others] = found;
  if (version === undefined) throw await unknownCall(warehouse, id, { dir, ...(tenant !== undefined && { tenant }) });
  if (others.length > 0) {
    const tenants = found.map((one) => one.tenant);
    throw new CommandError(
      `several tenants have a call ${id}. Choose one with --tenant: ${listNames(tenants, 'ccaip status lists all')}`,
    );
  }
  return version;
}

async function unknownCall(warehouse: Warehouse, id: string, { tenant, dir }: ExplainOptions): Promise<CommandError> {
  const { rows } = await warehouse.query(
    `SELECT DISTINCT json_extract_scalar(line, '$.id') AS id FROM raw_call ${tenant === undefined ? '' : `WHERE tenant = '${tenant}'`} ORDER BY 1 LIMIT 3`,
  );
  const of = tenant === undefined ? '' : ` of tenant ${tenant}`;
  const at = dir === '.ccaip' ? '' : ` --dir ${dir}`;
  if (rows.length === 0) return new CommandError(`there are no calls${of} in ${dir}. Run ccaip run call first`);
  const examples = rows.map((row) => row.id).join(', ');
  return new CommandError(
    `there is no call ${id}${of} in ${dir}. Examples are ${examples}. To list all, run ccaip query${at} "select tenant, call_id from call_segments"`,
  );
}

const SCALE = { least: 24, most: 72, beside: 46 };

function inWords(tenant: string, versions: number, explanation: Explanation, columns = 110): string {
  const { call_id, call_type, family, status, queue_id, queue_name, agent_id, settled_after, anomalies } = explanation;
  const width = Math.min(SCALE.most, Math.max(SCALE.least, columns - SCALE.beside));
  const facts = [
    `${call_type ?? 'no type'} (family ${family})`,
    `status ${status ?? 'not given'}`,
    `queue ${queue_id ?? 'none'}${queue_name === null ? '' : ` ${queue_name}`}`,
    `agent ${agent_id ?? 'none'}`,
  ];
  return [
    `call ${call_id} of tenant ${tenant}, newest of ${count(versions, 'version')}`,
    facts.join(', '),
    settled_after === null ? 'not settled, because the end of the call is unknown' : `settled after ${settled_after}`,
    `anomalies: ${anomalies.length === 0 ? 'none' : anomalies.join(', ')}`,
    '',
    drawTimeLine(explanation, width),
    ...explanation.metrics.map(metricInWords),
    '',
  ].join('\n');
}

function metricInWords({ metric, seconds, status, formula, inputs, because, anomalies }: MetricExplanation): string {
  const value = seconds === null ? '-' : `${seconds} s`;
  const fields = inputs.map(({ field, value: sent }) => `${INDENT}${field} = ${sent}\n`);
  return [
    `${metric.padEnd(22)} ${value.padStart(10)}  ${status.padEnd(14)}  ${formula}\n`,
    because === null ? '' : `${INDENT}${status}: ${because}\n`,
    ...anomalies.map((anomaly) => `${INDENT}anomaly ${anomaly}\n`),
    ...fields,
  ].join('');
}

const INDENT = ' '.repeat(4);
