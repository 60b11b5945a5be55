import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { suggestName } from '../../lib/configuration/nearest-name.ts';
import { findLastDay } from '../../local/warehouse/lake-days.ts';
import { openWarehouse } from '../../local/warehouse/open-warehouse.ts';
import type { QueryResult } from '../../local/warehouse/warehouse.ts';
import { loadNamedQueries, type NamedQuery } from '../../sql/queries/named-queries.ts';
import { fillParameters, ParameterError } from '../../sql/queries/parameters.ts';
import { count } from '../terminal/counting.ts';
import { UsageError } from '../terminal/failure.ts';
import type { Shell } from '../terminal/shell.ts';
import { formatTable } from '../terminal/text-table.ts';
import { createDirOption, createJsonOption } from './common-options.ts';
import { requireLake } from './existing-lake.ts';

interface QueryOptions {
  readonly dir: string;
  readonly named?: string;
  readonly param: Readonly<Record<string, string>>;
  readonly list?: true;
  readonly json?: true;
}

const HELP = `
Each endpoint has a view, such as call, agent and call_participant. The view call_segments has the metrics of each call.
The same SQL runs on Athena.

Examples:
  $ ccaip query "select status, count(*) as calls from call group by 1 order by 2 desc"
  $ ccaip query "select avg(queue_time) from call_segments where dt = '2026-11-02'" --json
  $ ccaip query --named service-level --param interval=60 --param zone=Europe/Berlin
  $ ccaip query --named call-history --param call=1042

A day can also be written as today or today-7, where today is the last day in the folder.`;

export function createQueryCommand(shell: Shell): Command {
  return new Command('query')
    .summary('query the lake in SQL, or ask one of the named queries')
    .description('Runs SQL or a named query over the lake of a folder.')
    .addArgument(new Argument('[sql]', 'one SQL statement'))
    .addOption(createDirOption())
    .addOption(new Option('--named <name>', 'run a named query').conflicts('list'))
    .addOption(
      new Option('--param <name=value>', 'set a parameter of the named query; can be repeated')
        .argParser(addParameter)
        .default({}, 'see --list'),
    )
    .addOption(new Option('--list', 'list the named queries with their parameters'))
    .addOption(createJsonOption('print a JSON array of row objects'))
    .addHelpText('after', HELP)
    .action((sql: string | undefined, options: QueryOptions) => query(shell, sql, options));
}

function addParameter(text: string, others: Readonly<Record<string, string>>): Record<string, string> {
  const [, name, value] = /^(\w+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined)
    throw new InvalidArgumentError('Give a name and a value, e.g. interval=60.');
  return { ...others, [name]: value };
}

async function query(shell: Shell, sql: string | undefined, options: QueryOptions): Promise<void> {
  if (options.list) return list(shell, await loadNamedQueries(), options);
  if ((sql === undefined) === (options.named === undefined))
    throw new UsageError('give either SQL or --named with a name. See ccaip query --help');
  if (sql !== undefined && Object.keys(options.param).length > 0)
    throw new UsageError('--param only works with --named. Write the value into the SQL instead');
  const text = sql ?? (await filledIn(named(await loadNamedQueries(), options.named ?? ''), options));
  const result = await ask(options.dir, text);
  shell.stdout.write(options.json ? `${JSON.stringify(result.rows)}\n` : formatResult(result));
}

async function filledIn(query: NamedQuery, { param, dir }: QueryOptions): Promise<string> {
  try {
    return fillParameters(query, param, await findLastDay(await requireLake(dir)));
  } catch (error) {
    throw error instanceof ParameterError ? new UsageError(error.message) : error;
  }
}

function list({ stdout }: Shell, queries: readonly NamedQuery[], { json }: QueryOptions): void {
  const questions = queries.map(({ name, question, parameters }) => ({ name, question, parameters }));
  stdout.write(json ? `${JSON.stringify(questions)}\n` : questions.map(listed).join('\n'));
}

/** A query with its question and one line for each parameter. */
function listed({ name, question, parameters }: Pick<NamedQuery, 'name' | 'question' | 'parameters'>): string {
  const width = Math.max(0, ...parameters.map((parameter) => parameter.name.length));
  const lines = parameters.map(
    (parameter) => `    ${parameter.name.padEnd(width)}  ${parameter.doc} Default: ${parameter.default}\n`,
  );
  return `${name}\n  ${question}\n${lines.join('')}`;
}

function named(queries: readonly NamedQuery[], name: string): NamedQuery {
  const query = queries.find((known) => known.name === name);
  if (query !== undefined) return query;
  const suggestion = suggestName(
    name,
    queries.map((known) => known.name),
  );
  throw new UsageError(`there is no query "${name}"; ${suggestion}ccaip query --list shows all`);
}

async function ask(folder: string, sql: string): Promise<QueryResult> {
  const lake = await requireLake(folder);
  await using warehouse = await openWarehouse(lake);
  return await warehouse.query(sql);
}

/** A result as an aligned table with a row count. */
export const formatResult = (result: QueryResult): string =>
  `${formatRows(result)}${count(result.rows.length, 'row')}\n`;

/** A result as an aligned table. */
export function formatRows({ columns, rows }: QueryResult): string {
  const names = columns.map(({ name }) => name);
  const cells = rows.map((row) => names.map((name) => row[name]));
  return formatTable(names, cells);
}
