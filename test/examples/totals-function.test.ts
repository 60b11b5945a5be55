import { PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { computeEntries } from '../../examples/daily-queue-totals/contribution.ts';
import { followChanges } from '../../examples/daily-queue-totals/follow.ts';
import { sumTotals } from '../../examples/daily-queue-totals/totals.ts';
import { TotalsTable } from '../../examples/daily-queue-totals/totals-table.ts';
import { createMetricsItem, type MetricsItem } from '../../lambdas/metrics/metrics-item.ts';
import { segmentCall } from '../../lambdas/segments/segment-record.ts';
import { type CallMetrics, parseCallMetrics } from '../../packages/reader/reader.ts';
import { DAILY_QUEUE_TOTALS_KEYS } from '../../packages/reader/table-keys.ts';
import { agent, type Call, FINISHED, INBOUND_ABANDONED } from '../segments/fixtures/calls.ts';
import { type Stores, startStores } from '../support/test-stores.ts';

let stores: Stores;
beforeAll(async () => {
  stores = await startStores();
});
afterAll(() => stores.close());

let used = 0;
async function newTable(client = stores.aws.dynamodb) {
  const name = `totals-${used++}`;
  await stores.createTable(name, DAILY_QUEUE_TOTALS_KEYS);
  return { name, table: new TotalsTable({ client, table: name, serviceLevelSeconds: 20 }) };
}

/** Totals of every queue and day with calls, by `<tenant>#<queue> <day>`. */
async function totalsIn(name: string) {
  const { Items: items = [] } = await stores.aws.dynamodb.send(
    new ScanCommand({ TableName: name, ConsistentRead: true }),
  );
  return new Map(
    items.flatMap(({ queue_key, entry, revision, ...item }) =>
      item.calls > 0 ? [[`${queue_key} ${entry}`, item] as const] : [],
    ),
  );
}

const DAY = '2019-06-07';

const versionOf = (record: Call, id: number, version: number, tenant = 'acme', changes: Call = {}): MetricsItem =>
  createMetricsItem(
    tenant,
    segmentCall({
      record: { ...record, id, updated_at: `${DAY}T12:00:${String(version).padStart(2, '0')}.000Z`, ...changes },
      dt: String(record.created_at).slice(0, 10),
      extractedAt: `${DAY}T13:00:${String(version).padStart(2, '0')}.000Z`,
      batch: `000000000${version}`,
    }),
  );

/** The records that DynamoDB's stream has of a call whose versions were written in this order. */
const streamOf = (versions: readonly MetricsItem[]): DynamoDBRecord[] =>
  versions.map((version, index) => ({
    eventName: index === 0 ? 'INSERT' : 'MODIFY',
    dynamodb: {
      NewImage: marshall(version, { removeUndefinedValues: true }) as never,
      ...(index > 0 && { OldImage: marshall(versions[index - 1], { removeUndefinedValues: true }) as never }),
    },
  }));

const inQueue = (id: number | null, record: Call = FINISHED, changes: Call = {}): Call => ({
  ...record,
  selected_menu: id === null ? null : { id, name: `Queue ${id}` },
  menu_path: null,
  ...changes,
});

describe('the totals of a queue and day', () => {
  it('are counts, sums and rates over its calls', async () => {
    const { name, table } = await newTable();
    const calls = [
      inQueue(1),
      inQueue(1, FINISHED, { queued_at: '2019-06-07T10:00:50Z' }),
      inQueue(1, INBOUND_ABANDONED, {
        created_at: '2019-06-07T05:12:26Z',
        queued_at: '2019-06-07T05:12:30Z',
        ends_at: '2019-06-07T05:13:26Z',
      }),
      inQueue(1, FINISHED, { call_type: 'Voice Outbound', queued_at: null }),
      inQueue(2),
      inQueue(null),
    ];
    await followChanges(
      calls.flatMap((call, index) => streamOf([versionOf(call, index, 0)])),
      table,
    );
    expect(Object.fromEntries(await totalsIn(name))).toEqual({
      [`acme#1 ${DAY}`]: {
        tenant: 'acme',
        queue_id: 1,
        queue_name: 'Queue 1',
        day: DAY,
        calls: 3,
        visits: 3,
        interactions: 2,
        interaction_seconds: 600,
        average_interaction_time: 300,
        answered: 2,
        abandoned: 1,
        abandon_rate: 0.3333,
        answered_in_time: 1,
        service_level: 0.3333,
        service_level_seconds: 20,
      },
      [`acme#2 ${DAY}`]: expect.objectContaining({ calls: 1, abandon_rate: 0, service_level: 0 }),
    });
  });

  it('count a second visit in its own queue, also if the caller gives it up', async () => {
    const { name, table } = await newTable();
    const call = inQueue(1, FINISHED, {
      fail_reason: 'eu_abandoned',
      ends_at: '2019-06-07T10:15:00Z',
      participants: [agent(5, '10:01:05', '10:06:05')],
      transfers: [
        { id: 7, status: 'failed', created_at: '2019-06-07T10:06:05Z', from_agent: { id: 5 }, to_menu: { id: 2 } },
      ],
    });
    await followChanges(streamOf([versionOf(call, 1, 0)]), table);
    expect(Object.fromEntries(await totalsIn(name))).toMatchObject({
      [`acme#1 ${DAY}`]: { calls: 1, visits: 1, answered: 1, abandoned: 0, interactions: 1 },
      [`acme#2 ${DAY}`]: { calls: 1, visits: 1, answered: 0, abandoned: 1, abandon_rate: 1, interactions: 0 },
    });
  });

  it('have no average and no rate where there is nothing to divide by', () => {
    expect(sumTotals([{ callId: 1, version: 'a', counts: true }], 20)).toEqual({
      calls: 1,
      visits: 0,
      interactions: 0,
      interaction_seconds: 0,
      answered: 0,
      abandoned: 0,
      answered_in_time: 0,
    });
    expect(sumTotals([], 20).calls).toBe(0);
  });

  it('follow a call that changes its queue, and its day is that of its start', async () => {
    const { name, table } = await newTable();
    const versions = [versionOf(inQueue(1), 7, 1), versionOf(inQueue(2), 7, 2)];
    await followChanges(streamOf(versions).slice(0, 1), table);
    expect([...(await totalsIn(name)).keys()]).toEqual([`acme#1 ${DAY}`]);
    await followChanges(streamOf(versions).slice(1), table);
    expect([...(await totalsIn(name)).keys()]).toEqual([`acme#2 ${DAY}`]);
  });

  it('follow a call whose start is corrected by days, and back', async () => {
    const { name, table } = await newTable();
    const moved = inQueue(1, FINISHED, { created_at: '2019-05-20T10:00:00Z' });
    const versions = [inQueue(1), moved, inQueue(1)].map((record, version) => versionOf(record, 7, version));
    const days: string[][] = [];
    for (const record of streamOf(versions)) {
      await followChanges([record], table);
      days.push([...(await totalsIn(name)).keys()]);
    }
    expect(days).toEqual([[`acme#1 ${DAY}`], ['acme#1 2019-05-20'], [`acme#1 ${DAY}`]]);
  });

  it('follow a call whose last change had a time in the future', async () => {
    const { name, table } = await newTable();
    const future = versionOf(inQueue(1), 7, 1, 'acme', { updated_at: '2030-01-01T00:00:00.000Z' });
    await followChanges(streamOf([future]), table);
    const later = versionOf(inQueue(2), 7, 2, 'acme', { updated_at: `${DAY}T13:00:02.000Z` });
    await followChanges(streamOf([future, later]).slice(1), table);
    expect([...(await totalsIn(name)).keys()]).toEqual([`acme#2 ${DAY}`]);
  });

  it('keep tenants apart', async () => {
    const { name, table } = await newTable();
    await followChanges(
      ['acme', 'beta'].flatMap((tenant) => streamOf([versionOf(inQueue(1), 7, 1, tenant)])),
      table,
    );
    expect([...(await totalsIn(name)).keys()].sort()).toEqual([`acme#1 ${DAY}`, `beta#1 ${DAY}`]);
  });

  it('stay when the item of a call expires', async () => {
    const { name, table } = await newTable();
    await followChanges(streamOf([versionOf(inQueue(1), 7, 1)]), table);
    const [inserted] = streamOf([versionOf(inQueue(1), 7, 1)]);
    const OldImage = inserted?.dynamodb?.NewImage as never;
    await followChanges([{ eventName: 'REMOVE', dynamodb: { OldImage } }], table);
    expect((await totalsIn(name)).size).toBe(1);
  });

  it('cost nothing when a change of a call changes none of them', () => {
    const [first, second] = [1, 2].map((version) => parseCallMetrics(versionOf(inQueue(1), 7, version))) as [
      CallMetrics,
      CallMetrics,
    ];
    expect(computeEntries({ before: first, after: second })).toEqual([]);
    expect(computeEntries({ before: undefined, after: second })).toHaveLength(1);
  });
});

describe('the totals, whatever the stream does,', () => {
  const call = fc.constantFrom(
    inQueue(1),
    inQueue(2),
    inQueue(null),
    inQueue(1, FINISHED, { ends_at: '2019-06-07T10:07:05Z' }),
    inQueue(1, FINISHED, { queued_at: '2019-06-07T10:00:55Z' }),
    inQueue(2, INBOUND_ABANDONED, { created_at: '2019-06-07T05:12:26Z', queued_at: '2019-06-07T05:12:27Z' }),
    inQueue(1, FINISHED, { created_at: '2019-06-06T23:59:59Z', participants: [agent(1, '10:01:05', '10:06:05')] }),
  );
  const lives = fc.array(fc.array(call, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 4 });
  const scenario = lives.chain((calls) => {
    const versions = calls.map((life, id) => life.map((record, version) => versionOf(record, id, version)));
    const records = versions.flatMap(streamOf);
    const deliveries = fc
      .tuple(
        fc.shuffledSubarray(records, { minLength: records.length }),
        fc.array(fc.nat(records.length - 1), { maxLength: 6 }),
      )
      .chain(([shuffled, again]) => {
        const all = [...shuffled, ...again.flatMap((index) => records[index] ?? [])];
        return fc.tuple(fc.shuffledSubarray(all, { minLength: all.length }), fc.integer({ min: 1, max: 5 }));
      });
    return fc.record({ versions: fc.constant(versions), deliveries });
  });

  it('are those of the newest versions, from records shuffled, repeated and cut into batches', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async ({ versions, deliveries: [records, size] }) => {
        const { name, table } = await newTable();
        for (let from = 0; from < records.length; from += size)
          await followChanges(records.slice(from, from + size), table);
        const plain = await newTable();
        await followChanges(
          versions.flatMap((life) => streamOf(life.slice(-1))),
          plain.table,
        );
        expect(await totalsIn(name)).toEqual(await totalsIn(plain.name));
      }),
      { numRuns: 15 },
    );
  });

  it('are the same if several functions process the records at once', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async ({ versions, deliveries: [records, size] }) => {
        const { name, table } = await newTable();
        const batches = Array.from({ length: Math.ceil(records.length / size) }, (_, index) =>
          records.slice(index * size, (index + 1) * size),
        );
        await Promise.all(batches.map((batch) => followChanges(batch, table)));
        const plain = await newTable();
        await followChanges(
          versions.flatMap((life) => streamOf(life.slice(-1))),
          plain.table,
        );
        expect(await totalsIn(name)).toEqual(await totalsIn(plain.name));
      }),
      { numRuns: 8 },
    );
  });

  it('are added up again by a function that read them before another function wrote', async () => {
    const { name, table } = await newTable();
    const [mine = [], others = []] = [7, 8].map((id) => streamOf([versionOf(inQueue(1), id, 1)]));
    let overtaken = false;
    const slow = new TotalsTable({
      client: {
        send: async (command: object) => {
          if (command instanceof PutCommand && command.input.Item?.revision !== undefined && !overtaken) {
            overtaken = true;
            await followChanges(others, table);
          }
          return stores.aws.dynamodb.send(command as never);
        },
      } as never,
      table: name,
      serviceLevelSeconds: 20,
    });
    await followChanges(mine, slow);
    expect(overtaken).toBe(true);
    expect(await totalsIn(name)).toEqual(new Map([[`acme#1 ${DAY}`, expect.objectContaining({ calls: 2 })]]));
  });

  it('are repaired by the next run after a run that failed at any request', async () => {
    const records = streamOf([versionOf(inQueue(1), 7, 1), versionOf(inQueue(2), 7, 2)]);
    const whole = await newTable();
    await followChanges(records, whole.table);
    let finished = false;
    for (let allowed = 0; !finished; allowed++) {
      const { name, table } = await newTable();
      let left = allowed;
      const breaking = new TotalsTable({
        client: {
          send: (command: never) => {
            if (left-- === 0) throw new Error('the function was ended');
            return stores.aws.dynamodb.send(command);
          },
        } as never,
        table: name,
        serviceLevelSeconds: 20,
      });
      finished = await followChanges(records, breaking).then(
        () => true,
        () => false,
      );
      await followChanges(records, table);
      expect(await totalsIn(name)).toEqual(await totalsIn(whole.name));
    }
  });

  it('stay unchanged when a batch contains a record of another table: it fails', async () => {
    const { name, table } = await newTable();
    const [good] = streamOf([versionOf(inQueue(1), 7, 1)]);
    const bad = { eventName: 'INSERT', dynamodb: { NewImage: { call_key: { S: 'acme#8' } } } } as DynamoDBRecord;
    await expect(followChanges([good as DynamoDBRecord, bad], table)).rejects.toThrow(
      'item acme#8 violates the contract of the metrics table',
    );
    expect((await totalsIn(name)).size).toBe(0);
  });
});
