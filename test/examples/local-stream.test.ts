import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareTotals, DemoTotals, readTotals } from '../../cli/commands/demo/demo-totals.ts';
import { runEndpoint } from '../../cli/commands/run/endpoint-run.ts';
import { type SimulatedTenant, startSimulatedTenant } from '../../cli/commands/simulated-tenant.ts';
import { locateLake } from '../../local/aws/local-aws.ts';
import { type LocalFunctions, startLocalFunctions } from '../../local/runtime/local-functions.ts';
import { openWarehouse } from '../../local/warehouse/open-warehouse.ts';
import { temporaryFolder } from '../cli/run-ccaip.ts';

const HOUR = 3_600_000;
const totals = new DemoTotals();
const seen: string[] = [];
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let centre: SimulatedTenant;
let functions: LocalFunctions;

beforeAll(async () => {
  folder = await temporaryFolder();
  centre = await startSimulatedTenant({ seed: 6, days: 2, seats: 8, callsPerDay: 60 }, 'demo');
  functions = await startLocalFunctions({
    folder: folder.path,
    secrets: centre.secrets,
    tenants: [centre.tenant],
    onMetricsChange: (record) => {
      seen.push(record);
      totals.add(record);
    },
  });
});
afterAll(async () => {
  await functions.close();
  await centre.server.close();
  await folder.remove();
});

const ingest = (hoursBeforeEnd: number) => {
  centre.now = centre.simulation.endMs - hoursBeforeEnd * HOUR;
  const scheduledTime = new Date(centre.now).toISOString();
  return runEndpoint(functions, { endpoint: 'call', tenant: centre.tenant, scheduledTime }, () => undefined);
};

describe('the totals kept from the stream of the embedded table', () => {
  it('equal SQL over call_segments, after calls have changed', async () => {
    for (const hours of [36, 12, 11, 0]) {
      expect(await ingest(hours)).not.toHaveProperty('error');
      await totals.deliver(functions);
    }
    const kept = await readTotals(functions);
    await using warehouse = await openWarehouse(locateLake(folder.path), { threads: 1 });
    const [from, to] = [centre.simulation.startMs, centre.simulation.endMs].map((time) =>
      new Date(time).toISOString().slice(0, 10),
    );
    const period = { from: String(from), to: String(to) };
    const { days, different } = await compareTotals(warehouse, kept, period);
    expect({ different }).toEqual({ different: [] });
    expect(days).toBeGreaterThan(8);
    expect(seen.some((record) => JSON.parse(record).eventName === 'MODIFY')).toBe(true);
    const [first, ...others] = kept;
    expect((await compareTotals(warehouse, [{ ...first, calls: 0 }, ...others], period)).different).toHaveLength(1);
    expect((await compareTotals(warehouse, others, period)).different).toHaveLength(1);
  });
});

describe('the stream of the embedded table', () => {
  const put = (call_key: string, more: object, condition?: string) =>
    functions.aws.dynamodb.send(
      new PutCommand({
        TableName: functions.metricsTable,
        Item: { call_key, ...more },
        ...(condition !== undefined && { ConditionExpression: condition }),
      }),
    );
  const records = async () => {
    await functions.told();
    return seen.splice(0).map((record) => JSON.parse(record));
  };

  it('shows each change with the old and the new item, and no write without a change', async () => {
    await records();
    await put('x#1', { created_at: 'a', n: 1 });
    await put('x#1', { created_at: 'a', n: 2 });
    expect(await put('x#1', { created_at: 'a', n: 2 })).not.toHaveProperty('Attributes');
    const [inserted, modified, ...others] = await records();
    expect(others).toEqual([]);
    const image = (n: string) => ({ call_key: { S: 'x#1' }, created_at: { S: 'a' }, n: { N: n } });
    expect(inserted).toMatchObject({
      eventName: 'INSERT',
      dynamodb: { Keys: { call_key: { S: 'x#1' } }, NewImage: image('1'), StreamViewType: 'NEW_AND_OLD_IMAGES' },
    });
    expect(inserted.dynamodb).not.toHaveProperty('OldImage');
    expect(modified).toMatchObject({ eventName: 'MODIFY', dynamodb: { OldImage: image('1'), NewImage: image('2') } });
    expect(modified.dynamodb.SequenceNumber > inserted.dynamodb.SequenceNumber).toBe(true);
  });

  it('does not show a refused put, which fails as it does without a stream', async () => {
    await records();
    await put('x#2', { created_at: 'a' });
    await expect(put('x#2', { created_at: 'b' }, 'attribute_not_exists(call_key)')).rejects.toThrow(
      expect.objectContaining({ name: 'ConditionalCheckFailedException' }),
    );
    expect(await records()).toHaveLength(1);
  });

  it('covers only the metrics table', async () => {
    await records();
    const Item = { pk: 'a', sk: 'b' };
    await functions.aws.dynamodb.send(new PutCommand({ TableName: functions.stateTable, Item }));
    expect(await records()).toEqual([]);
  });
});
