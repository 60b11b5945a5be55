import { BatchGetCommand, type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findEndpoint } from '../../catalog/index.ts';
import { DayIndex } from '../../lambdas/days/day-index.ts';
import { IDS_IN_BUCKET, locateRecord } from '../../lambdas/days/locate-record.ts';
import { memoryStores } from '../support/memory-stores.ts';
import { itemsOf, type Stores, startStores } from '../support/test-stores.ts';

let stores: Stores;
let table: string;
let operations: string[];
beforeAll(async () => {
  stores = await startStores();
});
beforeEach(async () => {
  table = (await stores.fresh()).STATE_TABLE;
  operations = [];
});
afterAll(() => stores.close());

const AT = '2026-03-02T12:00:00.000Z';

/** @param before runs before a request is sent */
function open(
  before: (command: object) => Promise<void> = async () => undefined,
  endpointName = 'chat',
  dynamodb: Pick<DynamoDBDocumentClient, 'send'> = stores.aws.dynamodb,
): DayIndex {
  const endpoint = findEndpoint(endpointName);
  const client = {
    send: async (command: never) => {
      operations.push(Object(command).constructor.name.replace('Command', ''));
      await before(command);
      return dynamodb.send(command);
    },
  };
  const index = endpoint && DayIndex.create(client as unknown as DynamoDBDocumentClient, table, 'acme', endpoint);
  if (index === undefined) throw new Error(`${endpointName} is not a tail`);
  return index;
}

const read = (id: unknown, dt: string, updated_at = '2026-03-02T11:00:00.000Z') => ({
  record: { id, updated_at },
  dt,
  extractedAt: AT,
});

describe('the day index', () => {
  it('finds nothing of a record that stays in its day', async () => {
    const index = open();
    expect(await index.add([read(1, '2026-03-01')], '0000000001')).toEqual([]);
    expect(await open().add([read(1, '2026-03-01', '2026-03-02T11:30:00.000Z')], '0000000002')).toEqual([]);
  });

  it('finds the other days of a record that moved, in another run', async () => {
    await open().add([read(1, '2026-03-01'), read(2, '2026-03-01')], '0000000001');
    await open().add([read(1, '2026-02-10', '2026-03-02T11:10:00.000Z')], '0000000002');
    const moved = await open().add([read('1', '2026-03-09', '2026-03-02T11:20:00.000Z')], '0000000003');
    const newest = {
      changedAt: Date.parse('2026-03-02T11:20:00.000Z'),
      batch: 3,
      extractedAt: Date.parse(AT),
      dt: '2026-03-09',
    };
    expect(moved).toMatchObject([{ newest, isInBatch: true, days: ['2026-03-01', '2026-02-10'] }]);
  });

  it('finds the newest version for one that is read later and is older', async () => {
    await open().add([read(1, '2026-03-01', '2026-03-02T11:30:00.000Z')], '0000000001');
    const moved = await open().add([read(1, '2026-02-10', '2026-03-02T11:00:00.000Z')], '0000000002');
    expect(moved).toMatchObject([{ newest: { batch: 1, dt: '2026-03-01' }, isInBatch: false, days: ['2026-02-10'] }]);
  });

  it('takes the reading as the change if the change is in the future', async () => {
    await open().add([read(1, '2026-03-01', '2027-01-01T00:00:00.000Z')], '0000000001');
    const later = { ...read(1, '2026-03-05', '2026-03-02T12:05:00.000Z'), extractedAt: '2026-03-02T12:06:00.000Z' };
    expect(await open().add([later], '0000000002')).toMatchObject([{ newest: { dt: '2026-03-05' } }]);
  });

  it('knows both versions of a record in one batch', async () => {
    const batch = [read(1, '2026-03-01'), read(1, '2026-03-02', '2026-03-02T11:30:00.000Z')];
    expect(await open().add(batch, '0000000001')).toMatchObject([{ isInBatch: true, days: ['2026-03-01'] }]);
  });

  it('keeps the batch with which a requeued record was read', async () => {
    await open().add([read(1, '2026-03-01')], '0000000005');
    const requeued = { ...read(1, '2026-03-02'), batch: '0000000004' };
    expect(await open().add([requeued], '0000000009')).toMatchObject([{ newest: { batch: 5 }, isInBatch: false }]);
  });

  it('asks once and writes once for records with ids that follow each other, and then only if they changed', async () => {
    const index = open();
    const reads = Array.from({ length: IDS_IN_BUCKET }, (_, id) => read(id, '2026-03-01'));
    await index.add(reads, '0000000001');
    expect(operations).toEqual(['BatchGet', 'Put']);
    await index.add(reads, '0000000001');
    expect(operations).toEqual(['BatchGet', 'Put']);
  });

  it('does not write again if a status is read again, because its change is its start', async () => {
    const status = (started_at: string) => ({
      record: { id: 1, started_at },
      dt: started_at.slice(0, 10),
      extractedAt: AT,
    });
    const index = open(undefined, 'agent_status_history');
    await index.add([status('2026-03-01T09:00:00.000Z')], '0000000001');
    await index.add([status('2026-03-01T09:00:00.000Z')], '0000000002');
    expect(operations).toEqual(['BatchGet', 'Put']);
    const moved = await index.add([status('2026-03-02T09:00:00.000Z')], '0000000003');
    expect(moved).toMatchObject([{ isInBatch: true, newest: { dt: '2026-03-02' }, days: ['2026-03-01'] }]);
    const again = await index.add([status('2026-03-02T09:00:00.000Z')], '0000000004');
    expect(again).toMatchObject([{ isInBatch: true, newest: { batch: 3 }, days: ['2026-03-01'] }]);
    expect(operations).toEqual(['BatchGet', 'Put', 'Put']);
  });

  it('keeps the records of more buckets than one request reads, each once', async () => {
    const reads = Array.from({ length: 250 }, (_, id) => read(id * IDS_IN_BUCKET, '2026-03-01'));
    await open().add(reads, '0000000001');
    expect(operations.filter((name) => name === 'BatchGet')).toHaveLength(3);
    const moved = await open().add(
      reads.map((each) => ({ ...each, dt: '2026-03-02' })),
      '0000000002',
    );
    expect(moved).toHaveLength(250);
    expect(await itemsOf(stores.aws, table)).toHaveLength(250);
  });

  it('loses no version if another writer adds one at the same moment', async () => {
    let isFirst = true;
    const index = open(async (command) => {
      if (!(command instanceof PutCommand) || !isFirst) return;
      isFirst = false;
      await open().add([read(1, '2026-03-01'), read(2, '2026-03-01')], '0000000001');
    });
    const moved = await index.add([read(1, '2026-03-05', '2026-03-02T11:30:00.000Z')], '0000000002');
    expect(moved).toMatchObject([{ isInBatch: true, days: ['2026-03-01'] }]);
    expect(await open().add([read(2, '2026-03-02', '2026-03-02T11:30:00.000Z')], '0000000003')).toMatchObject([
      { days: ['2026-03-01'] },
    ]);
  });

  it('inserts many new buckets together, and puts those that it has or is refused', async () => {
    const { aws, fresh } = memoryStores();
    ({ STATE_TABLE: table } = await fresh());
    const client = aws.dynamodb;
    const many = Array.from({ length: 60 }, (_, id) => read(id * IDS_IN_BUCKET, '2026-03-01'));
    await open(undefined, 'chat', client).add(many.slice(0, 1), '0000000001');
    const index = open(undefined, 'chat', client);
    await index.load(many);
    // another writer adds a bucket after the index has been read
    await open(undefined, 'chat', client).add(many.slice(30, 31), '0000000002');
    operations = [];
    await index.add(
      many.map((each) => ({ ...each, dt: '2026-03-02' })),
      '0000000003',
    );
    expect(operations.toSorted()).toEqual([
      'BatchExecuteStatement',
      'BatchExecuteStatement',
      'BatchExecuteStatement',
      'BatchGet',
      'Put',
      'Put',
      'Put',
    ]);
    const moved = await open(undefined, 'chat', client).add(
      many.map((each) => ({ ...each, dt: '2026-03-03' })),
      '0000000004',
    );
    expect(moved.filter(({ days }) => days.includes('2026-03-01'))).toHaveLength(2);
    expect(moved.filter(({ days }) => days.includes('2026-03-02'))).toHaveLength(60);
  });

  it('lists the days that a record touches', async () => {
    await open().add([read(1, '2026-03-01')], '0000000001');
    const index = open();
    const moving = read(1, '2026-03-05');
    await index.load([moving, read(70, '2026-03-02')]);
    expect(index.listDays(moving)).toEqual(['2026-03-05', '2026-03-01']);
    expect(index.listDays(read(70, '2026-03-02'))).toEqual(['2026-03-02']);
  });

  it('keeps tenants and endpoints apart', async () => {
    await open().add([read(1, '2026-03-01')], '0000000001');
    expect(await open(undefined, 'call').add([read(1, '2026-03-05')], '0000000002')).toEqual([]);
  });

  it('refuses a bucket of a newer release', async () => {
    const Item = { pk: 'acme#chat', sk: 'days#0', formatVersion: 2, revision: 1, records: '' };
    await stores.aws.dynamodb.send(new PutCommand({ TableName: table, Item }));
    await expect(open().add([read(1, '2026-03-01')], '0000000001')).rejects.toThrow(
      'the day index acme#chat days#0 has format 2',
    );
  });

  it('ends the run if DynamoDB returns nothing', async () => {
    const keys = { UnprocessedKeys: {} as Record<string, unknown> };
    const client = {
      send: async (command: BatchGetCommand) => {
        if (!(command instanceof BatchGetCommand)) throw new Error('nothing is to be written');
        keys.UnprocessedKeys = command.input.RequestItems ?? {};
        return keys;
      },
    };
    const chat = findEndpoint('chat');
    const index = chat && DayIndex.create(client as unknown as DynamoDBDocumentClient, table, 'acme', chat);
    await expect(index?.add([read(1, '2026-03-01')], '0000000001')).rejects.toThrow(
      `table ${table} returns no items now: nothing is lost, the next run continues`,
    );
  });

  it('is of tails only', () => {
    const agent = findEndpoint('agent');
    expect(agent && DayIndex.create(stores.aws.dynamodb, table, 'acme', agent)).toBeUndefined();
  });
});

describe('the place of a record', () => {
  it('is the same for an id as number and as text', () => {
    expect(locateRecord({ id: 4_711 }, ['id'])).toEqual(locateRecord({ id: '4711' }, ['id']));
  });

  it('is different for each record', () => {
    const ids = [-33, -32, -1, 0, 1, 31, 32, 2 ** 53 - 1, '9007199254740993', '9007199254740994', 'a', 'b'];
    const places = ids.map((id) => JSON.stringify(locateRecord({ id }, ['id'])));
    expect(new Set(places).size).toBe(ids.length);
  });

  it('depends on all fields of a key', () => {
    const key = ['agent', 'day'];
    const places = [
      { agent: 1, day: 'a' },
      { agent: 2, day: 'a' },
      { agent: 1, day: 'b' },
    ].map((record) => locateRecord(record, key).bucket);
    expect(new Set(places).size).toBe(3);
    expect(locateRecord({ agent: '1', day: 'a' }, key).bucket).toBe(places[0]);
  });
});
