import { PutCommand, type PutCommandInput } from '@aws-sdk/lib-dynamodb';
import { createAwsClients } from '../../../lambdas/aws/aws-clients.ts';

const ITEMS = 5_000;
const CONCURRENT = 32;

const METRIC = { seconds: 12.5, status: 'ok' };
const METRICS = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`metric_${i}`, METRIC]));

// Entry of a process: puts items through the SDK, then as functions put them; tells the CPU microseconds of each.
const { METRICS_TABLE } = process.env;
const { dynamodb, puts } = createAwsClients();
if (METRICS_TABLE === undefined || puts === undefined) throw new Error('there is no table to put items into');

const inputOf = (i: number): PutCommandInput => ({
  TableName: METRICS_TABLE,
  Item: { call_key: `bench#${i}`, source_updated_at: '2026-03-02T12:00:00.000Z', metrics_version: 1, ...METRICS },
  ConditionExpression: 'attribute_not_exists(call_key) OR source_updated_at < :updated',
  ExpressionAttributeValues: { ':updated': '2026-03-02T12:00:00.000Z' },
});

async function microseconds(first: number, put: (input: PutCommandInput) => Promise<unknown>): Promise<number> {
  const cpu = process.cpuUsage();
  let next = first;
  const work = async () => {
    while (next < first + ITEMS) await put(inputOf(next++));
  };
  await Promise.all(Array.from({ length: CONCURRENT }, work));
  const { user, system } = process.cpuUsage(cpu);
  return (user + system) / ITEMS;
}

const bySdk = (input: PutCommandInput) => dynamodb.send(new PutCommand(input));
const quickly = (input: PutCommandInput) => puts.put(input);
// warm first: what is measured is the work, not the compiler's
await microseconds(0, bySdk);
await microseconds(ITEMS, quickly);
process.send?.({ sdk: await microseconds(2 * ITEMS, bySdk), quick: await microseconds(3 * ITEMS, quickly) });
