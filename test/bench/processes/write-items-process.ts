import { createAwsClients } from '../../../lambdas/aws/aws-clients.ts';
import { MAX_INSERTS } from '../../../lambdas/aws/item-inserts.ts';
import { MetricsTable } from '../../../lambdas/metrics/metrics-table.ts';

const ITEMS = 5_000;
const AT = '2026-03-02T12:00:00.000Z';

const METRIC = { seconds: 12.5, status: 'ok' };
const METRICS = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`metric_${i}`, METRIC]));

// Entry of a process: puts items, then inserts others; tells the CPU microseconds of each.
const { METRICS_TABLE } = process.env;
if (METRICS_TABLE === undefined) throw new Error('there is no table to write items to');
const table = new MetricsTable(createAwsClients().dynamodb, METRICS_TABLE);

const itemAt = (i: number) => ({
  call_key: `bench#${i}`,
  source_updated_at: AT,
  metrics_version: 1,
  ingested_at: AT,
  ...METRICS,
});

let made = 0;

/** @param write gets as many new items as one request of inserts has */
async function microseconds(write: (items: ReturnType<typeof itemAt>[]) => Promise<unknown>): Promise<number> {
  const cpu = process.cpuUsage();
  const end = made + ITEMS;
  const work = async () => {
    while (made < end) {
      made += MAX_INSERTS;
      await write(Array.from({ length: MAX_INSERTS }, (_, i) => itemAt(made + i)));
    }
  };
  // as many groups at a time as a function writes
  await Promise.all([work(), work()]);
  const { user, system } = process.cpuUsage(cpu);
  return (user + system) / ITEMS;
}

const put = (items: readonly ReturnType<typeof itemAt>[]) => Promise.all(items.map((item) => table.put(item)));
async function insert(items: readonly ReturnType<typeof itemAt>[]): Promise<void> {
  const { known, postponed } = await table.insert(items);
  if (known.length + postponed.length > 0) throw new Error('items were not inserted');
}

// warm first: what is measured is the work, not the compiler's
await microseconds(put);
await microseconds(insert);
process.send?.({ put: await microseconds(put), inserted: await microseconds(insert) });
