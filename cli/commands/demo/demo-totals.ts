import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import * as z from 'zod';
import { followChanges } from '../../../examples/daily-queue-totals/follow.ts';
import { TotalsTable } from '../../../examples/daily-queue-totals/totals-table.ts';
import type { LocalFunctions } from '../../../local/runtime/local-functions.ts';
import type { Warehouse } from '../../../local/warehouse/warehouse.ts';
import { loadNamedQueries } from '../../../sql/queries/named-queries.ts';
import { fillParameters } from '../../../sql/queries/parameters.ts';
import { count } from '../../terminal/counting.ts';

/** The default of the named query `daily-queue-totals`. */
const SERVICE_LEVEL_SECONDS = 20;

/** Number of records that an event source mapping sends to a function at once. */
const BATCH = 2_000;

/** The example function on the stream of the metrics table. */
export class DemoTotals {
  readonly #changes: string[] = [];
  #batches = 0;
  #records = 0;

  /** Adds a record of the stream. */
  readonly add = (record: string): void => {
    this.#changes.push(record);
  };

  /** Sends the added records to the function in batches. */
  async deliver(functions: LocalFunctions): Promise<void> {
    await functions.told();
    const table = new TotalsTable({
      client: functions.aws.dynamodb,
      table: functions.totalsTable,
      serviceLevelSeconds: SERVICE_LEVEL_SECONDS,
    });
    while (this.#changes.length > 0) {
      const records = this.#changes.splice(0, BATCH).map((text): DynamoDBRecord => JSON.parse(text));
      await followChanges(records, table);
      this.#batches += 1;
      this.#records += records.length;
    }
  }

  get summary(): string {
    return `${count(this.#records, 'record')} of the stream in ${count(this.#batches, 'batch', 'batches')}`;
  }
}

const totalSchema = z.record(z.string(), z.unknown());
type Total = z.infer<typeof totalSchema>;

/** Reads the totals of every queue and day, without the items of single calls. */
export async function readTotals({ aws, totalsTable }: LocalFunctions): Promise<Total[]> {
  const totals: Total[] = [];
  let start: Record<string, unknown> | undefined;
  do {
    const answer = await aws.dynamodb.send(
      new ScanCommand({
        TableName: totalsTable,
        FilterExpression: 'attribute_exists(calls) AND calls > :none',
        ExpressionAttributeValues: { ':none': 0 },
        ...(start && { ExclusiveStartKey: start }),
      }),
    );
    totals.push(...z.array(totalSchema).parse(answer.Items ?? []));
    start = answer.LastEvaluatedKey;
  } while (start);
  return totals;
}

export interface TotalsComparison {
  /** Number of queue and day pairs in the table or in the answer of SQL. */
  readonly days: number;
  /** Keys of the differing pairs, `<tenant> <queue> <day>`. */
  readonly different: readonly string[];
}

/**
 * Compares the totals of the function with those computed by SQL from the facts.
 * @param period first and last day (UTC)
 */
export async function compareTotals(
  warehouse: Warehouse,
  totals: readonly Total[],
  period: Readonly<Record<'from' | 'to', string>>,
): Promise<TotalsComparison> {
  const question = (await loadNamedQueries()).find(({ name }) => name === 'daily-queue-totals');
  if (question === undefined) throw new Error('there is no named query daily-queue-totals');
  const target = String(SERVICE_LEVEL_SECONDS);
  const { columns, rows } = await warehouse.query(fillParameters(question, { ...period, target }));
  const keyOf = ({ tenant, queue_id, day }: Total) => `${tenant} ${queue_id} ${day}`;
  const values = (row: Total) => JSON.stringify(columns.map(({ name }) => row[name] ?? null));
  const kept = new Map(totals.map((total) => [keyOf(total), values(total)]));
  const asked = new Map(rows.map((row) => [keyOf(row), values(row)]));
  const all = new Set([...kept.keys(), ...asked.keys()]);
  return { days: all.size, different: [...all].filter((key) => kept.get(key) !== asked.get(key)) };
}
