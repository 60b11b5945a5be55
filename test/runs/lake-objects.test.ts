import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Stores, startStores } from '../support/test-stores.ts';
import { call, DAY, NOW, sent, World } from './run-world.ts';

const KEY = /^raw\/call\/tenant=acme\/dt=\d{4}-\d\d-\d\d\/\d{10}-[0-9a-f]{12}\.ndjson\.gz$/;

let stores: Stores;
beforeAll(async () => {
  stores = await startStores();
});
afterAll(() => stores.close());

describe('raw objects', () => {
  it('hold every record with every key that the API sent, with the time and batch of its reading', async () => {
    const world = await World.create(stores);
    const rows = world.calls(3);
    await world.ingest('call');
    const [object, ...others] = await world.objects('raw/');
    expect(others).toEqual([]);
    expect(object?.key).toMatch(KEY);
    expect(object?.lines).toEqual(
      rows.map((row) => JSON.stringify({ ...row, _extracted_at: NOW, _batch: '0000000001' })),
    );
  });

  it('hold a record exactly as it was written: any number, escapes, spaces; a line break becomes a space', async () => {
    const world = await World.create(stores);
    const odd = String.raw`"big":123456789012345678901,"n":[1.10,1e400,-0,0.1234567890123456789],"a":2,"e":"\u00e9\/\n😀 é"`;
    const record = `{ "id":7,"created_at":"${NOW}","updated_at":"${NOW}", ${odd},\r\n  "participants":[{"id":1,${odd}}, {"id":2}]}`;
    world.platform.answer = () => ({ body: `[\n${record}\n, {}]`, headers: {} });
    await world.ingest('call');
    await world.ingest('call_participant');
    const written = record.replace('\r\n  ', ' ').slice(0, -1);
    const lines = (await world.objects('raw/')).flatMap((object) => object.lines);
    expect(lines[0]).toBe(`${written},"_extracted_at":"${NOW}","_batch":"0000000001"}`);
    const child = `,"_parent_type":"call","_parent_id":7,"_parent_updated_at":"${NOW}","_parent_path":"participants[0]"`;
    expect(lines[1]).toBe(`{"id":1,${odd}${child},"_extracted_at":"${NOW}","_batch":"0000000001"}`);
  });

  it('hold quarantined records exactly as they were written, too', async () => {
    const world = await World.create(stores);
    const record = '{"id":"x", "n":1.10,"big":123456789012345678901}';
    world.platform.answer = () => ({ body: `[${record}]`, headers: {} });
    await world.ingest('call');
    const [object] = await world.objects('quarantine/');
    expect(object?.lines[0]).toContain(`"record":${record},"place":`);
  });

  it('are in the partition of the UTC date of the call’s start', async () => {
    const world = await World.create(stores);
    const row = call(1, 30, { created_at: '2026-03-02T01:30:00+05:30' });
    world.platform.rows('/calls').push(row, call(2, 20));
    await world.ingest('call');
    Object.assign(row, { rating: 5, updated_at: NOW });
    await world.ingest('call');
    const dates = (await world.objects('raw/')).map(({ key, records }) => [
      key.slice(21, 34),
      records.map(({ id }) => id),
    ]);
    expect(dates).toEqual([
      ['dt=2026-03-01', [1]],
      ['dt=2026-03-01', [1]],
      [`dt=${DAY}`, [2]],
    ]);
  });

  it('have keys derived from their content, not from the run, the schedule or the order of writing', async () => {
    const keys = async (run: string, scheduledTime: string) => {
      const world = await World.create(stores);
      world.calls(2);
      world.calls(2, { created_at: '2026-03-01T10:00:00.000Z' });
      await world.ingest('call', { run, scheduledTime });
      return (await world.objects()).map(({ key }) => key);
    };
    const first = await keys('a', NOW);
    expect(first).toHaveLength(4);
    expect(await keys('b', '2026-03-02T11:55:00.000Z')).toEqual(first);
  });

  it('with other content have another key', async () => {
    const keyOf = async (rating: number) => {
      const world = await World.create(stores);
      world.calls(1, { rating });
      await world.ingest('call');
      return (await world.objects('raw/')).map(({ key }) => key);
    };
    expect(await keyOf(4)).not.toEqual(await keyOf(5));
  });

  it('of a snapshot are on the day of the snapshot, those of nested records on the day of their parent', async () => {
    const world = await World.create(stores);
    world.calls(1, { created_at: '2026-02-27T10:00:00.000Z' });
    world.platform.rows('/agents').push({ id: 1, created_at: '2020-01-01T00:00:00Z' });
    for (const endpoint of ['call', 'call_participant', 'agent']) await world.ingest(endpoint);
    expect((await world.objects('raw/')).map(({ key }) => key.replace(/\/\d{10}.*/, ''))).toEqual([
      `raw/agent/tenant=acme/dt=${DAY}`,
      'raw/call/tenant=acme/dt=2026-02-27',
      'raw/call_participant/tenant=acme/dt=2026-02-27',
    ]);
  });

  it('of nested records name their parent and its batch', async () => {
    const world = await World.create(stores);
    const [row = {}] = world.calls(1);
    await world.ingest('call');
    world.time.time += 60_000;
    await world.ingest('call_participant');
    const records = (await world.objects('raw/call_participant/')).flatMap((object) => object.records);
    expect(records.map(({ id }) => id)).toEqual([10, 11]);
    expect(records[0]).toMatchObject({
      _parent_type: 'call',
      _parent_id: 1,
      _parent_updated_at: row.updated_at,
      _parent_path: 'participants[0]',
      _batch: '0000000001',
      _extracted_at: NOW,
    });
  });

  it('of two tenants are separate', async () => {
    const world = await World.create(stores);
    world.calls(1);
    await world.ingest('call');
    world.tenant = { ...world.tenant, name: 'beta' };
    expect((await world.ingest('call')).records).toBe(1);
    const tenants = (await world.objects('raw/')).map(({ key }) => key.split('/')[2]);
    expect(tenants).toEqual(['tenant=acme', 'tenant=beta']);
  });
});

describe('the ledger', () => {
  it('agrees with the lake: every object with its zone, date, records and size', async () => {
    const world = await World.create(stores);
    world.calls(3);
    world.calls(2, { created_at: '2026-03-01T10:00:00.000Z' });
    world.calls(1, { id: 'bad' });
    await world.ingest('call');
    world.calls(2, { key_of_the_day_after: 1 });
    await world.ingest('call');
    const batches = await world.ledger('call');
    const objects = await world.objects();
    expect(batches.map(({ seq }) => seq)).toEqual([1, 2]);
    expect(batches.flatMap((each) => each.objects).sort((a, b) => (a.key < b.key ? -1 : 1))).toEqual(
      objects.map(({ key, bytes, lines }) => ({
        key,
        bytes,
        records: lines.length,
        zone: key.split('/')[0],
        dt: /dt=([\d-]+)/.exec(key)?.[1],
      })),
    );
    expect(new Set(objects.map(({ key }) => key.split('/')[0]))).toEqual(
      new Set(['raw', 'segments', 'quarantine', 'drift']),
    );
    for (const batch of batches)
      expect(batch.records).toBe(
        batch.objects.filter(({ zone }) => zone === 'raw').reduce((sum, { records }) => sum + records, 0),
      );
  });

  it('has the run, the records and the range of each batch', async () => {
    const world = await World.create(stores);
    const rows = world.calls(3);
    await world.ingest('call', { run: 'run-x', scheduledTime: '2026-03-02T11:55:00.000Z' });
    const [batch] = await world.ledger('call');
    expect(batch).toMatchObject({
      seq: 1,
      run: 'run-x',
      scheduledTime: '2026-03-02T11:55:00.000Z',
      committedAt: NOW,
      extractedAt: NOW,
      from: rows[0]?.updated_at,
      to: rows[2]?.updated_at,
      records: 3,
      quarantined: 0,
      requests: 1,
    });
  });
});

describe('segments', () => {
  it('are stored for every version of a call, in the partition of the call', async () => {
    const world = await World.create(stores);
    const [row = {}] = world.calls(1, { created_at: '2026-03-01T21:00:00.000Z', status: 'connected', ends_at: null });
    await world.ingest('call');
    Object.assign(row, { status: 'finished', ends_at: '2026-03-02T11:10:00.000Z', updated_at: NOW });
    await world.ingest('call');
    const objects = await world.objects('segments/');
    expect(objects.map(({ key }) => key.slice(0, 35))).toEqual(
      new Array(2).fill('segments/tenant=acme/dt=2026-03-01/'),
    );
    expect(objects.flatMap(({ records }) => records.map(({ status }) => status))).toEqual(['connected', 'finished']);
  });

  it('have one number and one status per metric, and the identifiers of the call', async () => {
    const world = await World.create(stores);
    const [row = {}] = world.calls(1);
    await world.ingest('call');
    const [record = {}] = (await world.objects('segments/'))[0]?.records ?? [];
    expect(record).toMatchObject({
      call_id: 1,
      call_type: 'Voice Inbound (IVR)',
      status: 'finished',
      agent_id: 101,
      queue_id: 9,
      queue_name: 'Sales',
      created_at: row.created_at,
      updated_at: row.updated_at,
      ivr_time: 10,
      ivr_time_status: 'ok',
      talk_time: 300,
      talk_time_status: 'ok',
      conference_time: null,
      conference_time_status: 'not_applicable',
      anomalies: [],
      _extracted_at: NOW,
      _batch: '0000000001',
    });
    const statuses = Object.keys(record).filter((key) => key.endsWith('_time_status'));
    expect(statuses).toHaveLength(12);
    for (const status of statuses) expect(record).toHaveProperty(status.replace('_status', ''));
  });

  it('are stored for chats, too, in their own folder and without metrics', async () => {
    const world = await World.create(stores);
    world.platform.rows('/chats').push({ id: 1, created_at: NOW, updated_at: NOW });
    await world.ingest('chat');
    expect((await world.objects()).map(({ key }) => key.split('/').slice(0, 2).join('/'))).toEqual([
      'raw/chat',
      'segments/chat',
    ]);
    expect(await world.metrics()).toEqual([]);
  });
});

describe('drift', () => {
  it('is journalled once when a record has a new key, type or word, with no other value than the word', async () => {
    const world = await World.create(stores);
    world.calls(2);
    await world.ingest('call');
    expect(await world.objects('drift/')).toEqual([]);
    world.time.time += 24 * 3_600_000;
    world.calls(2, {
      updated_at: '2026-03-03T11:00:00.000Z',
      status: 'parked',
      rating: 'good',
      callback: 'sam@example.com',
    });
    await world.ingest('call', { run: 'run-x' });
    await world.ingest('call');
    const [object, ...others] = await world.objects('drift/');
    expect(others).toEqual([]);
    expect(object?.key).toMatch(/^drift\/call\/tenant=acme\/dt=2026-03-03\/0000000002-[0-9a-f]{12}\.ndjson\.gz$/);
    const extracted = '2026-03-03T12:00:00.000Z';
    const added = { first_seen: extracted, run: 'run-x', _extracted_at: extracted, _batch: '0000000002' };
    expect(object?.records).toEqual([
      { path: 'callback', what: 'new_key', example: 'string', ...added },
      { path: 'rating', what: 'new_key', example: 'string', ...added },
      { path: 'status', what: 'new_value', example: 'parked', ...added },
    ]);
  });
});

describe('an empty snapshot after a full one', () => {
  it('leaves a marker in the lake that is not counted as a record', async () => {
    const world = await World.create(stores);
    world.platform.rows('/menus').push({ id: 1 });
    await world.ingest('menu');
    world.platform.rows('/menus').pop();
    expect(await world.ingest('menu')).toMatchObject({ records: 0, batches: 1, objects: 1 });
    const records = (await world.objects('raw/')).map((object) => object.records.map(sent));
    expect(records).toEqual([[{ id: 1 }], [{ _none: true }]]);
  });
});
