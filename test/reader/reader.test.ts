import { BatchGetCommand, type GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { INVALID_TIMESTAMP } from '../../catalog/timestamp.ts';
import { createMetricsItem, type MetricsItem } from '../../lambdas/metrics/metrics-item.ts';
import { computeCallSegments } from '../../lambdas/segments/call-segments.ts';
import { METRICS_VERSION } from '../../lambdas/segments/metric-results.ts';
import { segmentCall } from '../../lambdas/segments/segment-record.ts';
import {
  type CallMetrics,
  getCallMetrics,
  listCallsByAgent,
  listCallsByDay,
  listCallsByQueue,
  type MetricsTableReference,
  parseCallMetrics,
} from '../../packages/reader/reader.ts';
import { simulate } from '../../simulator/simulation.ts';
import { type Stores, startStores } from '../support/test-stores.ts';

const TENANT = 'acme';
const EXTRACTED = '2026-12-01T00:00:00.000Z';
const centre = simulate({ seed: 3, days: 2, seats: 20, callsPerDay: 160 });
const records = centre.records('calls', centre.endMs - 12 * 3_600_000);

const itemOf = (record: Readonly<Record<string, unknown>>, tenant = TENANT): MetricsItem => {
  const dt = new Date(String(record.created_at)).toISOString().slice(0, 10);
  return createMetricsItem(tenant, segmentCall({ record, dt, extractedAt: EXTRACTED, batch: '0000000001' }));
};

let stores: Stores;
let source: MetricsTableReference;
const other = { ...records[0], id: 5 } as Readonly<Record<string, unknown>>;
beforeAll(async () => {
  stores = await startStores();
  source = { client: stores.aws.dynamodb, table: stores.environment.METRICS_TABLE };
  const items = [...records.map((record) => itemOf(record)), itemOf(other, 'other')];
  await Promise.all(items.map((Item) => stores.aws.dynamodb.send(new PutCommand({ TableName: source.table, Item }))));
});
afterAll(() => stores.close());

/** What the reader must give for records: computed from them, in the order in which the calls began. */
const expected = (isWanted: (call: ReturnType<typeof computeCallSegments>) => boolean) =>
  records
    .map((record) => computeCallSegments(record))
    .filter(isWanted)
    .toSorted((a, b) => (String(a.created_at) < String(b.created_at) ? -1 : 1))
    .map(({ updated_at, facts, ...call }) => ({
      ...call,
      ...namedFacts(facts),
      tenant: TENANT,
      metrics_version: METRICS_VERSION,
      source_updated_at: updated_at,
      source_batch: '0000000001',
      ingested_at: EXTRACTED,
    }));

/** The facts of an item: those of the call, with the fields that the contract names. */
function namedFacts({ outcome, queue_visits, agent_legs }: ReturnType<typeof computeCallSegments>['facts']) {
  const visits = queue_visits.map(({ queue_id, agent_id, seconds, exit }) => ({ queue_id, agent_id, seconds, exit }));
  const legs = agent_legs.map(({ agent_id, queue_id, seconds, hold_seconds, wrap_up_seconds }) => ({
    agent_id,
    queue_id,
    seconds,
    hold_seconds,
    wrap_up_seconds,
  }));
  return {
    outcome: outcome.outcome,
    queue_visits: visits,
    agent_legs: legs,
    first_queue_id: visits[0]?.queue_id ?? null,
    last_queue_id: visits.at(-1)?.queue_id ?? null,
    first_agent_id: legs[0]?.agent_id ?? null,
    last_agent_id: legs.at(-1)?.agent_id ?? null,
  };
}

const busiest = (key: 'agent_id' | 'queue_id'): number => {
  const byId = Map.groupBy(
    records.map((record) => computeCallSegments(record)),
    (call) => call[key],
  );
  byId.delete(null);
  return Number([...byId].toSorted(([, a], [, b]) => b.length - a.length)[0]?.[0]);
};
const agentId = busiest('agent_id');
const queueId = busiest('queue_id');

describe('a call', () => {
  it('is returned as it was computed, with every status', async () => {
    const statuses = new Set<string>();
    for (const record of records.slice(0, 120)) {
      const call = await getCallMetrics(source, TENANT, Number(record.id));
      expect(call).toEqual(expected(({ call_id }) => call_id === record.id)[0]);
      for (const { status } of Object.values(call?.metrics ?? {})) statuses.add(status);
    }
    for (const status of ['ok', 'approximate', 'not_applicable', 'missing_input']) expect(statuses).toContain(status);
  });

  it('is undefined if the table does not have it', async () => {
    expect(await getCallMetrics(source, TENANT, 1)).toBeUndefined();
    expect(await getCallMetrics(source, 'other', Number(records[1]?.id))).toBeUndefined();
  });
});

describe('the calls of an agent', () => {
  it('come in the order in which they began', async () => {
    const calls = await Array.fromAsync(listCallsByAgent(source, { tenant: TENANT, agentId }));
    expect(calls.length).toBeGreaterThan(5);
    expect(calls).toEqual(expected((call) => call.agent_id === agentId));
  });

  it('can be those of a time: from inclusive, to exclusive', async () => {
    const all = await Array.fromAsync(listCallsByAgent(source, { tenant: TENANT, agentId }));
    const [, second, third, fourth] = all.map(({ created_at }) => created_at);
    const range = { from: String(second), to: new Date(String(fourth)) };
    const calls = await Array.fromAsync(listCallsByAgent(source, { tenant: TENANT, agentId, ...range }));
    expect(calls.map(({ created_at }) => created_at)).toEqual([second, third]);
    const zoned = { from: String(second).replace('Z', '+00:00'), to: second as string };
    expect(await Array.fromAsync(listCallsByAgent(source, { tenant: TENANT, agentId, ...zoned }))).toEqual([]);
  });

  it('are empty for an agent or a tenant without calls', async () => {
    expect(await Array.fromAsync(listCallsByAgent(source, { tenant: TENANT, agentId: -1 }))).toEqual([]);
    expect(await Array.fromAsync(listCallsByAgent(source, { tenant: 'unknown', agentId }))).toEqual([]);
  });

  it('leave out a call that another agent has now', async () => {
    const [mine] = records.filter((record) => computeCallSegments(record).agent_id === agentId);
    const changed = { ...mine, agent_info: { id: 4711 } };
    const put = (Item: MetricsItem) => stores.aws.dynamodb.send(new PutCommand({ TableName: source.table, Item }));
    const meanwhile = withClient((command, send) =>
      command instanceof BatchGetCommand ? put(itemOf(changed)).then(() => send(command)) : send(command),
    );
    const calls = await Array.fromAsync(listCallsByAgent(meanwhile, { tenant: TENANT, agentId }));
    await put(itemOf(mine ?? {}));
    expect(calls).toEqual(expected((call) => call.agent_id === agentId && call.call_id !== mine?.id));
  });
});

describe('the calls of a queue', () => {
  it('come in the order in which they began', async () => {
    const calls = await Array.fromAsync(listCallsByQueue(source, { tenant: TENANT, queueId }));
    expect(calls.length).toBeGreaterThan(20);
    expect(calls).toEqual(expected((call) => call.queue_id === queueId));
  });

  it('can be those that are settled', async () => {
    const settled = (now: string) =>
      Array.fromAsync(listCallsByQueue(source, { tenant: TENANT, queueId, settledOnly: true, now: new Date(now) }));
    const [first] = expected((call) => call.queue_id === queueId && call.settled_after !== null).toSorted((a, b) =>
      String(a.settled_after) < String(b.settled_after) ? -1 : 1,
    );
    const moment = Date.parse(String(first?.settled_after));
    expect(await settled(new Date(moment - 1).toISOString())).toEqual([]);
    expect(await settled(new Date(moment).toISOString())).toEqual([first]);
    expect(await settled('2030-01-01T00:00:00Z')).toEqual(
      expected((call) => call.queue_id === queueId && call.settled_after !== null),
    );
    vi.useFakeTimers({ toFake: ['Date'], now: moment });
    onTestFinished(() => void vi.useRealTimers());
    expect(await Array.fromAsync(listCallsByQueue(source, { tenant: TENANT, queueId, settledOnly: true }))).toEqual([
      first,
    ]);
  });

  it('can be continued after any of them', async () => {
    const calls: CallMetrics[] = [];
    for await (const call of listCallsByQueue(source, { tenant: TENANT, queueId })) {
      calls.push(call);
      if (calls.length === 3) break;
    }
    expect(calls).toEqual(expected((call) => call.queue_id === queueId).slice(0, 3));
  });
});

describe('the calls of a day', () => {
  const day = '2026-11-02';
  const ofDay = (wanted: string) => expected((call) => String(call.created_at).startsWith(wanted));

  it('come in the order in which they began, from all partitions of the day', async () => {
    const calls = await Array.fromAsync(listCallsByDay(source, { tenant: TENANT, day }));
    expect(calls.length).toBeGreaterThan(100);
    expect(calls).toEqual(ofDay(day));
  });

  it('can be those of several days', async () => {
    const calls = await Array.fromAsync(
      listCallsByDay(source, { tenant: TENANT, day: '2026-11-01', lastDay: '2026-11-05' }),
    );
    expect(calls).toEqual([...ofDay(day), ...ofDay('2026-11-03')]);
    expect(calls).toHaveLength(records.length);
  });

  it('are all there when DynamoDB answers in small pieces and leaves requests unprocessed', async () => {
    let pieces = 0;
    const stingy = withClient(async (command, send) => {
      if (command instanceof QueryCommand) {
        pieces += 1;
        return send(new QueryCommand({ ...command.input, Limit: 7 }));
      }
      if (!(command instanceof BatchGetCommand)) return send(command);
      const keys = command.input.RequestItems?.[source.table]?.Keys ?? [];
      const [done, left] = [keys.slice(0, 60), keys.slice(60)];
      const answer = await send(new BatchGetCommand({ RequestItems: { [source.table]: { Keys: done } } }));
      return { ...answer, ...(left.length > 0 && { UnprocessedKeys: { [source.table]: { Keys: left } } }) };
    });
    expect(await Array.fromAsync(listCallsByDay(stingy, { tenant: TENANT, day }))).toEqual(ofDay(day));
    expect(pieces).toBeGreaterThan(16);
  });

  it('are an error, not a shorter list, when the table stays throttled', async () => {
    const throttled = withClient((command, send) =>
      command instanceof BatchGetCommand
        ? Promise.resolve({ UnprocessedKeys: command.input.RequestItems })
        : send(command),
    );
    await expect(Array.fromAsync(listCallsByQueue(throttled, { tenant: TENANT, queueId }))).rejects.toThrow(
      'throttled',
    );
  });
});

describe('a wrong request', () => {
  const byAgent = (range: object) => Array.fromAsync(listCallsByAgent(source, { tenant: TENANT, agentId, ...range }));
  const byDay = (days: { day: string; lastDay?: string }) =>
    Array.fromAsync(listCallsByDay(source, { tenant: TENANT, ...days }));

  it.each([
    [() => byAgent({ from: 'yesterday' }), `from is ${INVALID_TIMESTAMP}`],
    [() => byAgent({ to: '2026-11-02T08:00:00' }), `to is ${INVALID_TIMESTAMP}`],
    [() => byAgent({ from: '2026-02-30T08:00:00Z' }), `from is ${INVALID_TIMESTAMP}`],
    [() => byAgent({ from: new Date(Number.NaN) }), `from is ${INVALID_TIMESTAMP}`],
    [() => byAgent({ from: '2026-11-03T00:00:00Z', to: '2026-11-02T00:00:00Z' }), 'before it begins'],
    [() => byDay({ day: '2026-02-30' }), '"2026-02-30" is not a day. Give YYYY-MM-DD'],
    [() => byDay({ day: '2.11.2026' }), 'is not a day'],
    [() => byDay({ day: '2026-11-03', lastDay: '2026-11-02' }), 'the last day (2026-11-02) is before the first'],
  ])('is named: %#', async (request, message) => {
    await expect(request()).rejects.toThrow(expect.objectContaining({ name: 'InvalidRangeError' }));
    await expect(request()).rejects.toThrow(message);
  });
});

describe('an item', () => {
  const good: Record<string, unknown> = { ...itemOf(other) };

  it.each([
    [{ talk_time: '5' }, 'item acme#5 violates the contract of the metrics table', 'talk_time'],
    [{ talk_time: -1 }, 'item acme#5', 'talk_time'],
    [{ family: 'fax' }, 'item acme#5', 'family', 'newer version'],
    [{ metric_status: { talk_time: 'perhaps' } }, 'item acme#5', 'metric_status.talk_time'],
    [{ call_time: 7, metric_status: { call_time: 'pending' } }, 'call_time is 7 although its status is pending'],
    [{ call_time: undefined, metric_status: { call_time: 'approximate' } }, 'call_time is without a value'],
    [{ segments: [{ kind: 'lunch' }] }, 'item acme#5', 'segments.0.kind'],
    [{ call_key: undefined }, 'an item without call_key'],
  ])('that violates the contract is refused (%#)', (change, ...parts) => {
    const parse = () => parseCallMetrics({ ...good, ...change });
    expect(parse).toThrow(expect.objectContaining({ name: 'InvalidItemError' }));
    for (const part of parts) expect(parse).toThrow(part);
  });

  it('that is malformed is refused', () => {
    for (const item of [undefined, null, 7, 'acme#5', []])
      expect(() => parseCallMetrics(item)).toThrow('an item without');
  });

  it('may lack optional attributes and have unknown ones', () => {
    const { call_key, family, created_at, metrics_version, source_updated_at, ingested_at } = good;
    const least = { call_key, tenant: TENANT, family, created_at, metrics_version, source_updated_at, ingested_at };
    expect(parseCallMetrics({ ...least, expires_at: 7 })).toMatchObject({
      agent_id: null,
      queue_name: null,
      settled_after: null,
      segments: [],
      anomalies: [],
      metrics: { talk_time: { seconds: null, status: 'not_applicable' } },
    });
  });
});

type Command = BatchGetCommand | GetCommand | QueryCommand;

/** The metrics table through a client that does something else with some commands. */
function withClient(
  answer: (command: Command, send: (command: Command) => Promise<object>) => Promise<object>,
): MetricsTableReference {
  const send = (command: Command) => stores.aws.dynamodb.send(command as never) as Promise<object>;
  return { ...source, client: { send: (command: Command) => answer(command, send) } as never };
}
