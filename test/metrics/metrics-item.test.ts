import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { METRICS } from '../../catalog/segment-metrics.ts';
import { createMetricsItem, MAX_SEGMENTS } from '../../lambdas/metrics/metrics-item.ts';
import { METRICS_VERSION } from '../../lambdas/segments/metric-results.ts';
import { segmentCall } from '../../lambdas/segments/segment-record.ts';
import { simulate } from '../../simulator/simulation.ts';
import { DAY, NOW, World } from '../runs/run-world.ts';
import { itemSize } from '../support/item-size.ts';
import { type Stores, startStores } from '../support/test-stores.ts';

let stores: Stores;
beforeAll(async () => {
  stores = await startStores();
});
afterAll(() => stores.close());

async function itemOf(changes: Record<string, unknown> = {}) {
  const world = await World.create(stores);
  const [row = {}] = world.calls(1, changes);
  await world.ingest('call');
  const [item = {}] = await world.metrics();
  return { world, row, item };
}

describe('the item of a call', () => {
  it('has the keys of the table and its indexes, the call, its metrics and where they come from', async () => {
    const { row, item } = await itemOf();
    const { segments, settled_after, queue_time, wait_time, ...rest } = item;
    expect(rest).toEqual({
      call_key: 'acme#1',
      agent_key: 'acme#101',
      queue_key: 'acme#9',
      day_key: `acme#${DAY}#1`,
      tenant: 'acme',
      call_id: 1,
      call_type: 'Voice Inbound (IVR)',
      family: 'ivr',
      status: 'finished',
      agent_id: 101,
      queue_id: 9,
      queue_name: 'Sales',
      created_at: row.created_at,
      billing_time: 345,
      call_time: 345,
      ivr_time: 10,
      ring_time: 5,
      talk_time: 300,
      hold_time: 0,
      handle_time: 300,
      metric_status: { ring_time: 'approximate' },
      outcome: 'answered',
      queue_visits: [[9, 101, 30]],
      agent_legs: [[101, 9, 300, 0]],
      anomalies: [],
      metrics_version: METRICS_VERSION,
      source_updated_at: row.updated_at,
      ingested_at: NOW,
      source_batch: '0000000001',
    });
    expect(Date.parse(String(settled_after))).toBeGreaterThan(Date.parse(String(row.ends_at)));
    expect([typeof queue_time, typeof wait_time]).toEqual(['number', 'number']);
    expect(segments).toEqual(
      expect.arrayContaining([{ kind: 'talk', start: row.connected_at, end: row.ends_at, seconds: 300 }]),
    );
  });

  it('contains every metric and status of the record under segments/ once its reader restores what is left out', async () => {
    for (const changes of [{}, { status: 'connected', ends_at: null }, { connected_at: null, status: 'failed' }]) {
      const { world, item } = await itemOf(changes);
      const [record = {}] = (await world.objects('segments/'))[0]?.records ?? [];
      const statuses: Record<string, string> = Object(item.metric_status);
      for (const metric of METRICS) {
        const seconds = item[metric] ?? null;
        expect([metric, seconds]).toEqual([metric, record[metric]]);
        const status = statuses[metric] ?? (seconds === null ? 'not_applicable' : 'ok');
        expect([metric, status]).toEqual([metric, record[`${metric}_status`]]);
      }
    }
  });

  it('without an agent or a queue is in no index of those', async () => {
    const { item } = await itemOf({ agent_info: null, participants: [], selected_menu: null });
    expect(item).not.toHaveProperty('agent_key');
    expect(item).not.toHaveProperty('queue_key');
    expect(item).toMatchObject({ agent_id: null, queue_id: null });
  });

  it('is indexed by the UTC day of its start in one of eight shards, which later versions do not change', async () => {
    const world = await World.create(stores);
    const rows = world.calls(16, { created_at: '2026-03-02T00:30:00+02:00' });
    await world.ingest('call');
    const days = async () => new Map((await world.metrics()).map(({ call_id, day_key }) => [call_id, day_key]));
    const first = await days();
    expect(new Set(first.values())).toEqual(new Set(Array.from({ length: 8 }, (_, i) => `acme#2026-03-01#${i}`)));
    for (const row of rows) Object.assign(row, { rating: 5, updated_at: NOW });
    await world.ingest('call');
    expect(await days()).toEqual(first);
    for (const item of await world.metrics())
      expect(item).toMatchObject({ source_updated_at: NOW, created_at: '2026-03-01T22:30:00.000Z' });
  });

  it('expires a number of days after the start of the call, if the deployment is configured so', async () => {
    const world = await World.create(stores);
    const [row = {}] = world.calls(1);
    await world.ingest('call', { environment: { ...world.environment, METRICS_TTL_DAYS: '30' } });
    const seconds = Math.floor(Date.parse(String(row.created_at)) / 1000);
    expect(await world.metrics()).toMatchObject([{ expires_at: seconds + 30 * 86_400 }]);
    expect((await itemOf()).item).not.toHaveProperty('expires_at');
  });

  it('needs one write unit for nearly every call of at most menu, queue, ring and talk', () => {
    const { records, endMs } = simulate({ days: 1, seats: 80 });
    const sizes = records('calls', endMs).map((record) => {
      const taken = { record, dt: DAY, extractedAt: NOW, batch: '0000000001' };
      const item = createMetricsItem('acme-support', segmentCall(taken), 365);
      return { bytes: itemSize(item), segments: Object(item.segments).length };
    });
    const plain = sizes.filter(({ segments }) => segments <= 4);
    expect(plain.length).toBeGreaterThan(sizes.length * 0.7);
    // 39 of 966: those with the longest names of queues and types
    const larger = plain.filter(({ bytes }) => bytes > 1024);
    expect(larger.length / plain.length).toBeLessThan(0.05);
    expect(Math.max(...plain.map(({ bytes }) => bytes))).toBeLessThanOrEqual(1200);
  });

  it('has no data of the end user', async () => {
    const { item } = await itemOf();
    expect(JSON.stringify(item)).not.toMatch(/sam|end_user|recording|ticket|number/i);
  });

  it('is that of the newest version if a batch has several', async () => {
    const world = await World.create(stores);
    const [row = {}] = world.calls(1);
    world.platform.rows('/calls').push({ ...row, status: 'failed', updated_at: '2026-03-02T11:30:00.000Z' });
    world.platform.rows('/calls').push({ ...row, status: 'connected', updated_at: '2026-03-02T11:10:00.000Z' });
    await world.ingest('call');
    expect(await world.metrics()).toMatchObject([{ status: 'failed', source_updated_at: '2026-03-02T11:30:00.000Z' }]);
  });
});

describe('the item of a call with many segments', () => {
  const NINES = Number.MAX_SAFE_INTEGER;
  /** As long as a call's texts and the segments of its transfers can be. */
  const itemWith = (transfers: number) => {
    const long = '\u{ffff}'.repeat(5_000);
    const at = (time: number) => new Date(Date.parse(NOW) + time).toISOString();
    const record = {
      id: NINES,
      call_type: long,
      status: long,
      selected_menu: { id: NINES, name: long },
      agent_info: { id: NINES },
      created_at: NOW,
      updated_at: NOW,
      ends_at: at(9_000_000_001),
      transfers: Array.from({ length: transfers }, (_, index) => ({
        created_at: at(index),
        status: 'transferred',
        to_agent: { id: NINES - index },
      })),
      participants: Array.from({ length: Math.min(transfers, 3_000) }, (_, index) => ({
        id: NINES - index,
        type: 'agent',
        user_id: NINES - index,
        connected_at: at(8_765_432_109 - index),
        ended_at: at(9_000_000_000),
      })),
    };
    const segments = segmentCall({ record, dt: DAY, extractedAt: NOW, batch: '0000000001' });
    // every segment has all that a segment can have
    const full = segments.segments.segments.map((segment) => ({ outcome: 'unanswered' as const, ...segment }));
    return createMetricsItem('acme', { ...segments, segments: { ...segments.segments, segments: full } }, 365);
  };

  it.each([
    ['0.9 of what fits', 0.9 * MAX_SEGMENTS, false],
    ['100 times what fits', 100 * MAX_SEGMENTS, true],
  ])('of %s is below 400 kB and says whether it was cut', (_, transfers, isCut) => {
    const item = itemWith(transfers);
    expect(itemSize(item)).toBeLessThan(400_000);
    expect(item.truncated).toBe(isCut || undefined);
    expect(Object(item.segments).length).toBeLessThanOrEqual(MAX_SEGMENTS);
  });

  it('is whole at the maximum number of segments, and cut with one more', () => {
    const { segments } = itemWith(10);
    const others = Object(segments).length - 10;
    for (const [more, isCut] of [
      [0, undefined],
      [1, true],
    ] as const) {
      const item = itemWith(MAX_SEGMENTS - others + more);
      expect([Object(item.segments).length, item.truncated]).toEqual([MAX_SEGMENTS, isCut]);
      expect(itemSize(item)).toBeLessThan(400_000);
    }
  });
});
