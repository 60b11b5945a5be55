import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import * as z from 'zod';
import type { Channel } from '../../catalog/facts.ts';
import { type ChatSegments, computeChatSegments } from '../../lambdas/segments/chat-segments.ts';
import { listNames } from '../../lib/configuration/nearest-name.ts';
import { openWarehouse } from '../../local/warehouse/open-warehouse.ts';
import type { Warehouse } from '../../local/warehouse/warehouse.ts';
import { type Explanation, explainCall, type MetricExplanation } from '../explain/explanation.ts';
import { describeFacts } from '../explain/facts-in-words.ts';
import { drawTimeLine } from '../explain/time-line.ts';
import { count } from '../terminal/counting.ts';
import { CommandError } from '../terminal/failure.ts';
import type { Shell } from '../terminal/shell.ts';
import { createDirOption, createJsonOption } from './common-options.ts';
import { requireLake } from './existing-lake.ts';

interface ExplainOptions {
  readonly dir: string;
  readonly tenant?: string;
  readonly chat?: true;
  readonly json?: true;
}

const HELP = `
Prints the newest version of the call in the lake: its time line, its facts with the fields behind them,
and the formula, inputs and status of each metric. A chat has facts, but no metrics.
People appear by their ids only.

Examples:
  $ ccaip explain 1234
  $ ccaip explain 87 --chat
  $ ccaip explain 1234 --tenant acme --dir acme --json`;

export function explainCommand(shell: Shell): Command {
  return new Command('explain')
    .summary('show how the facts and metrics of a call were computed')
    .description('Draws the time line of a call and explains its facts and each of its metrics.')
    .addArgument(new Argument('<id>', 'id of the call, or of the chat with --chat').argParser(callId))
    .option('--chat', 'explain a chat')
    .addOption(
      new Option('--tenant <name>', 'tenant of the call, if several tenants have a call with this id').argParser(
        tenantName,
      ),
    )
    .addOption(createDirOption())
    .addOption(createJsonOption('print one JSON object with segments, participants, facts and metrics'))
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
  const record = z.record(z.string(), z.unknown()).parse(JSON.parse(line));
  if (options.chat) {
    const chat = computeChatSegments(record);
    stdout.write(
      options.json
        ? `${JSON.stringify({ tenant, versions, ...chat }, null, 2)}\n`
        : chatInWords(tenant, versions, chat),
    );
    return;
  }
  const explanation = explainCall(record);
  stdout.write(
    options.json
      ? `${JSON.stringify({ tenant, versions, ...explanation }, null, 2)}\n`
      : inWords(tenant, versions, explanation, stdout.columns),
  );
}

const versionSchema = z.object({ tenant: z.string(), line: z.string(), versions: z.number() });

/** The newest line of a call or chat, in the order that its view uses. */
async function newestVersion(warehouse: Warehouse, id: string, { tenant, dir, chat }: ExplainOptions) {
  const channel = chat ? 'chat' : 'call';
  const { rows } = await warehouse.query(`
    SELECT
      tenant,
      arg_max(line, (json_extract_scalar(line, '$.updated_at'), json_extract_scalar(line, '$._extracted_at'))) AS line,
      count(*) AS versions
    FROM raw_${channel}
    WHERE json_extract_scalar(line, '$.id') = '${id}'
      -- not a line that only says in which partition the record is
      AND json_extract_scalar(line, '$._none') IS NULL ${tenant === undefined ? '' : `AND tenant = '${tenant}'`}
    GROUP BY tenant
    ORDER BY tenant`);
  const found = z.array(versionSchema).parse(rows);
  const [version, ...others] = found;
  if (version === undefined)
    throw await unknownSession(warehouse, id, channel, { dir, ...(tenant !== undefined && { tenant }) });
  if (others.length > 0) {
    const tenants = found.map((one) => one.tenant);
    throw new CommandError(
      `several tenants have a ${channel} ${id}. Choose one with --tenant: ${listNames(tenants, 'ccaip status lists all')}`,
    );
  }
  return version;
}

async function unknownSession(
  warehouse: Warehouse,
  id: string,
  channel: Channel,
  { tenant, dir }: ExplainOptions,
): Promise<CommandError> {
  const { rows } = await warehouse.query(
    `SELECT DISTINCT json_extract_scalar(line, '$.id') AS id FROM raw_${channel} ${tenant === undefined ? '' : `WHERE tenant = '${tenant}'`} ORDER BY 1 LIMIT 3`,
  );
  const of = tenant === undefined ? '' : ` of tenant ${tenant}`;
  const at = dir === '.ccaip' ? '' : ` --dir ${dir}`;
  if (rows.length === 0)
    return new CommandError(`there are no ${channel}s${of} in ${dir}. Run ccaip run ${channel} first`);
  const examples = rows.map((row) => row.id).join(', ');
  return new CommandError(
    `there is no ${channel} ${id}${of} in ${dir}. Examples are ${examples}. To list all, run ccaip query${at} "select tenant, id from ${channel}"`,
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
    describeFacts(explanation.facts),
    ...explanation.metrics.map(metricInWords),
    '',
  ].join('\n');
}

function chatInWords(tenant: string, versions: number, chat: ChatSegments): string {
  const { chat_id, chat_type, status, settled_after, anomalies, facts } = chat;
  return [
    `chat ${chat_id} of tenant ${tenant}, newest of ${count(versions, 'version')}`,
    `${chat_type ?? 'no type'}, status ${status ?? 'not given'}`,
    settled_after === null ? 'not settled, because the end of the chat is unknown' : `settled after ${settled_after}`,
    `anomalies: ${anomalies.length === 0 ? 'none' : anomalies.join(', ')}`,
    '',
    describeFacts(facts),
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
