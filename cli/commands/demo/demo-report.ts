import type { LocalFunctions } from '../../../local/runtime/local-functions.ts';
import type { Warehouse } from '../../../local/warehouse/warehouse.ts';
import { type CallMetrics, getCallMetrics } from '../../../packages/reader/reader.ts';
import { loadNamedQueries } from '../../../sql/queries/named-queries.ts';
import { fillParameters } from '../../../sql/queries/parameters.ts';
import { count } from '../../terminal/counting.ts';
import { formatTable } from '../../terminal/text-table.ts';
import { describeTolerance } from '../metric-difference.ts';
import { formatResult, formatRows } from '../query-command.ts';
import type { TotalsComparison } from './demo-totals.ts';
import { type Comparison, type Count, isDifferent } from './demo-truth.ts';

type Say = (text: string) => void;

/** The named queries of the demo, in the order in which managers ask them. */
const QUESTIONS: readonly (readonly [name: string, parameters: Readonly<Record<string, string>>])[] = [
  ['service-level', { interval: '1440' }],
  ['handle-time-by-agent', {}],
  ['longest-waits', {}],
  ['transfers', {}],
  ['occupancy', {}],
];
const SHOWN_ROWS = 8;

/**
 * Runs the named queries and prints each with its SQL and the first rows of its answer.
 * @param period first and last day (UTC)
 */
export async function printAnswers(warehouse: Warehouse, period: Readonly<Record<'from' | 'to', string>>, say: Say) {
  const queries = await loadNamedQueries();
  const answers = [];
  for (const [name, parameters] of QUESTIONS) {
    const query = queries.find((known) => known.name === name);
    if (query === undefined) continue;
    const text = fillParameters(query, { ...period, ...parameters });
    const result = await warehouse.query(text);
    const rows = result.rows.slice(0, SHOWN_ROWS);
    // leave out the question and the parameters at the top, because both are already printed
    const sql = text.replace(/^--[^\n]*\n(--\n)?/, '').replace(/^--\n-- Parameters:\n(--.*\n)*/m, '');
    say(`\n━━ ${query.question}\n\n${indented(sql)}\n`);
    const isCut = result.rows.length > rows.length;
    say(isCut ? formatRows({ ...result, rows }) : formatResult(result).trimEnd());
    if (isCut)
      say(
        `first ${rows.length} of ${count(result.rows.length, 'row')}. To see all, run npx ccaip query --named ${name}`,
      );
    answers.push({ name, rows: result.rows.length });
  }
  return answers;
}

/** Reads one call from the metrics table in the same way as a downstream function. */
export const readCall = ({ aws, metricsTable }: LocalFunctions, tenant: string, callId: number) =>
  getCallMetrics({ client: aws.dynamodb, table: metricsTable }, tenant, callId);

export function printCall(call: CallMetrics | undefined, say: Say): void {
  say('\n━━ One call in the DynamoDB metrics table, as your functions read it with ccaip-ingest/reader\n');
  say(indented(JSON.stringify(call, null, 2)));
}

/** Prints how many totals of the example function equal those of SQL. */
export function printTotals({ days, different }: TotalsComparison, stream: string, say: Say): void {
  const equal = (days - different.length).toLocaleString('en');
  say(
    `\n━━ Table daily_queue_totals (from ${stream}) compared with SQL: ${equal} of ${days.toLocaleString('en')} equal`,
  );
  for (const each of different) say(`   ${each}`);
}

/** Prints how many rows and metrics of the lake equal those of the simulation. */
export function printComparison({ counts, metrics, differences }: Comparison, say: Say): void {
  say('\n━━ Rows of each view compared with the records in the simulated contact centre\n');
  const rows = counts.map((count) => [count.endpoint, count.rows, count.truth ?? '-', judge(count)]);
  say(formatTable(['view', 'rows', 'truth', ''], rows).trimEnd());
  say(
    `\n━━ Segment metrics compared with the simulation: ${(metrics - differences.length).toLocaleString('en')} of ${metrics.toLocaleString('en')} equal`,
  );
  say(`   in value and status. The API gives whole seconds for ${describeTolerance()}`);
  for (const { call_id, metric, computed, truth } of differences)
    say(`   call ${call_id} ${metric}: ${computed}, truth ${truth}`);
}

const judge = (count: Count) => (count.truth === null ? 'not simulated' : isDifferent(count) ? 'DIFFERENT' : 'equal');

/** Prints time and requests of the demo and what to try next. */
export function printNext(dir: string, { seconds, requests }: { seconds: number; requests: number }, say: Say): void {
  const at = dir === '.ccaip' ? '' : ` --dir ${dir}`;
  say(`
Ingested in ${seconds.toFixed(0)} s with ${requests.toLocaleString('en')} requests. Try next:

  npx ccaip query${at} "select family, count(*) calls, avg(handle_time) aht from call_segments group by 1 order by 2 desc"
  npx ccaip query${at} --list
  npx ccaip status${at}
  npx ccaip run${at}          ingest again; nothing is new, so nothing changes
  npx ccaip run --help          ingest your own tenant on this machine`);
}

const indented = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
