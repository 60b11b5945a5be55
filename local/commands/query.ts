import { access } from 'node:fs/promises';
import { Argument, Command, Option } from 'commander';
import { loadNamedQueries, type NamedQuery } from '../../sql/named-queries.ts';
import { lakeFolder } from '../aws/index.ts';
import { openWarehouse, type QueryResult } from '../warehouse/index.ts';
import { count } from './counting.ts';
import { CommandError, UsageError } from './failure.ts';
import { nearest } from './nearest.ts';
import { dirOption, jsonOption } from './options.ts';
import { textTable } from './text-table.ts';

interface QueryOptions {
  readonly dir: string;
  readonly named?: string;
  readonly list?: true;
  readonly json?: true;
}

const HELP = `
There is a view for each endpoint, e.g. call, agent, call_participant, and call_segments with the metrics of each call.
The same text runs on Athena.

Examples:
  $ ccaip query "select status, count(*) as calls from call group by 1 order by 2 desc"
  $ ccaip query "select avg(queue_time) from call_segments where dt = '2026-11-02'" --json
  $ ccaip query --named service-level`;

export function queryCommand(): Command {
  return new Command('query')
    .summary('ask the lake in SQL')
    .description('Answers SQL over the lake of a folder.')
    .addArgument(new Argument('[sql]', 'one SQL statement'))
    .addOption(dirOption())
    .addOption(new Option('--named <name>', 'ask one of the questions that come with it').conflicts('list'))
    .addOption(new Option('--list', 'list those questions'))
    .addOption(jsonOption('print a JSON array of row objects'))
    .addHelpText('after', HELP)
    .action(query);
}

async function query(sql: string | undefined, options: QueryOptions): Promise<void> {
  if (options.list) return list(await loadNamedQueries(), options);
  if ((sql === undefined) === (options.named === undefined))
    throw new UsageError('give either SQL or --named with a name: see ccaip query --help');
  const text = sql ?? named(await loadNamedQueries(), options.named ?? '').sql;
  const result = await ask(options.dir, text);
  process.stdout.write(options.json ? `${JSON.stringify(result.rows)}\n` : tableOf(result));
}

function list(queries: readonly NamedQuery[], { json }: QueryOptions): void {
  const questions = queries.map(({ name, question }) => ({ name, question }));
  const width = Math.max(...questions.map(({ name }) => name.length));
  const lines = questions.map(({ name, question }) => `${name.padEnd(width)}  ${question}\n`);
  process.stdout.write(json ? `${JSON.stringify(questions)}\n` : lines.join(''));
}

function named(queries: readonly NamedQuery[], name: string): NamedQuery {
  const query = queries.find((known) => known.name === name);
  if (query !== undefined) return query;
  const meant = nearest(
    name,
    queries.map((known) => known.name),
  );
  throw new UsageError(`there is no question "${name}": did you mean "${meant}"? ccaip query --list shows all`);
}

async function ask(folder: string, sql: string): Promise<QueryResult> {
  const lake = lakeFolder(folder);
  await access(lake).catch(() => {
    throw new CommandError(
      `there is no lake in ${folder}: run ccaip demo or ccaip run first, or point --dir to the folder of a run`,
    );
  });
  await using warehouse = await openWarehouse(lake);
  return await warehouse.query(sql);
}

/** A result as an aligned table with a row count. */
export const tableOf = (result: QueryResult): string => `${rowsOf(result)}${count(result.rows.length, 'row')}\n`;

/** A result as an aligned table. */
export function rowsOf({ columns, rows }: QueryResult): string {
  const names = columns.map(({ name }) => name);
  const cells = rows.map((row) => names.map((name) => row[name]));
  return textTable(names, cells);
}
