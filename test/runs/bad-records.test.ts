import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { INVALID_EVENT_TIME } from '../../catalog/timestamp.ts';
import { ContractError } from '../../lambdas/common/errors.ts';
import { MAX_SEGMENTS } from '../../lambdas/metrics/metrics-item.ts';
import { parseCallMetrics } from '../../packages/reader/call-metrics.ts';
import { itemSize } from '../support/item-size.ts';
import { type Stores, startStores } from '../support/test-stores.ts';
import { DAY, NOW, World } from './run-world.ts';

let stores: Stores;
beforeAll(async () => {
  stores = await startStores();
});
afterAll(() => stores.close());

describe('a bad record', () => {
  it('goes to quarantine unchanged, with its reason and place, and all others are stored', async () => {
    const world = await World.create(stores);
    const [, bad = {}] = world.calls(3);
    bad.id = 'sam@example.com';
    expect(await world.ingest('call', { run: 'run-x' })).toMatchObject({ records: 2, quarantined: 1, objects: 3 });
    const [object] = await world.objects('quarantine/');
    expect(object?.key).toMatch(
      new RegExp(`^quarantine/call/tenant=acme/dt=${DAY}/0000000001-[0-9a-f]{12}\\.ndjson\\.gz$`),
    );
    expect(object?.records).toEqual([
      {
        reason: 'id: expected number, got string',
        record: bad,
        place: '/calls from 2026-02-01T00:00:00.000Z page 1 row 2',
        run: 'run-x',
        entry: expect.stringMatching(/^[0-9a-f]{16}$/),
        _extracted_at: NOW,
        _batch: '0000000001',
      },
    ]);
    expect((await world.metrics()).map(({ call_id }) => call_id).sort()).toEqual([1, 3]);
    expect(await world.status('call')).toMatchObject({ records: 2, quarantined: 1 });
  });

  it('is not quarantined again while it stays unchanged', async () => {
    const world = await World.create(stores);
    world.calls(1, { id: null });
    await world.ingest('call');
    expect(await world.ingest('call')).toMatchObject({ batches: 0, quarantined: 0 });
  });
});

describe('a record with more in it than an item of a table holds', () => {
  it('with thousands of transfers is cut in its item, with a mark, and complete in the lake; others are unaffected', async () => {
    const world = await World.create(stores);
    const rows = world.calls(60);
    const [huge = {}] = rows.splice(30, 1);
    const start = Date.parse(String(huge.connected_at));
    huge.transfers = Array.from({ length: 9_000 }, (_, index) => ({
      id: index,
      status: 'failed',
      created_at: new Date(start + index * 10).toISOString(),
      to_agent: { id: 7_000_000_000_000_000 + index },
    }));
    expect(await world.ingest('call')).toMatchObject({ outcome: 'done', records: 60, quarantined: 0 });
    const items = await world.metrics();
    expect(items).toHaveLength(60);
    for (const item of items) {
      expect(itemSize(item)).toBeLessThan(400_000);
      expect(item.truncated).toBe(item.call_id === huge.id ? true : undefined);
    }
    const item = items.find(({ call_id }) => call_id === huge.id);
    expect(item).toMatchObject({ talk_time: 300, call_time: 345 });
    const lines = (await world.objects('segments/')).flatMap(({ records }) => records);
    const whole = lines.find(({ call_id }) => call_id === huge.id)?.segments;
    expect(whole).toHaveLength(9_004);
    expect(item?.segments).toEqual(Array.isArray(whole) ? whole.slice(0, MAX_SEGMENTS) : []);
    expect(item && parseCallMetrics(item)).toMatchObject({ truncated: true, call_id: huge.id });
    const raw = (await world.objects('raw/call/')).flatMap(({ records }) => records);
    expect(raw.find(({ id }) => id === huge.id)?.transfers).toEqual(huge.transfers);
    // what was taken is known: nothing is taken again
    expect(await world.ingest('call')).toMatchObject({ outcome: 'done', records: 0 });
  });

  it('is complete in the lake and does not stop the others; its item has the beginning of the texts', async () => {
    const world = await World.create(stores);
    const long = 'x'.repeat(500_000);
    const many = Object.fromEntries(Array.from({ length: 20_000 }, (_, place) => [`key number ${place}`, place]));
    const [, huge = {}] = world.calls(3);
    Object.assign(huge, { status: long, call_type: long, selected_menu: { id: 9, name: long }, many });
    expect(await world.ingest('call')).toMatchObject({ records: 3, quarantined: 0 });
    const lines = (await world.objects('raw/')).flatMap((object) => object.lines);
    expect(lines.some((line) => line.startsWith(JSON.stringify(huge).slice(0, -1)))).toBe(true);
    const item = (await world.metrics()).find(({ call_id }) => call_id === huge.id);
    expect(item).toMatchObject({ status: 'x'.repeat(1_000), queue_name: 'x'.repeat(1_000) });
  });
});

describe('many bad records', () => {
  it.each([
    { bad: 9, good: 0 },
    { bad: 10, good: 40 },
    { bad: 9, good: 5 },
    { bad: 10, good: 39 },
    { bad: 300, good: 1 },
  ])('of which %j are set aside', async ({ bad, good }) => {
    const world = await World.create(stores);
    world.calls(good);
    world.calls(bad, { created_at: 'soon' });
    expect(await world.ingest('call')).toMatchObject({ outcome: 'done', records: good, quarantined: bad });
  });

  it.each([
    { bad: 10, good: 0 },
    { bad: 150, good: 0 },
  ])('of which %j are a broken contract: nothing is taken, and the operator is told why', async ({ bad, good }) => {
    const world = await World.create(stores);
    world.calls(good);
    world.calls(bad, { created_at: 'sam@example.com' });
    const error: unknown = await world.ingest('call').catch((each: unknown) => each);
    expect(error).toBeInstanceOf(ContractError);
    const message = error instanceof Error ? error.message : '';
    expect(message).toMatch(
      new RegExp(
        `^call: none of ${bad} records fits its schema \\(created_at: ${INVALID_EVENT_TIME} at /calls from \\S+ page 1 row \\d+\\): the platform's format has changed; nothing of this batch was taken$`,
      ),
    );
    expect(await world.objects()).toEqual([]);
    expect(await world.metrics()).toEqual([]);
    expect(await world.ledger('call')).toEqual([]);
    const status = await world.status('call');
    expect(status).toMatchObject({ seq: 0, cursor: null, leaseUntil: null });
    expect(status?.lastRun).toMatchObject({ outcome: 'failed', error: message, completeTo: null });
  });

  it('are ingested once the platform has repaired its format', async () => {
    const world = await World.create(stores);
    const rows = world.calls(20, { id: 'x' });
    await expect(world.ingest('call')).rejects.toThrow(ContractError);
    for (const [i, row] of rows.entries()) row.id = i;
    expect(await world.ingest('call')).toMatchObject({ outcome: 'done', records: 20 });
  });
});
