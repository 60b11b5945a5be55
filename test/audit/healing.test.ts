import { gzipSync } from 'node:zlib';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeWindow, type WindowResult } from '../../lambdas/audit/window-result.ts';
import { toEntryKey, toStatePartition } from '../../lambdas/aws/state-keys.ts';
import { World } from '../runs/run-world.ts';
import type { Row } from '../support/fake-platform.ts';
import { memoryStores } from '../support/memory-stores.ts';
import { deleteObject, type StoredObject } from '../support/test-stores.ts';
import { auditWorld } from './audited-world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NAMES = ['call', 'agent_status_history', 'agent', 'call_participant'];

const iso = (time: number) => new Date(time).toISOString();

/** A day of a small centre, ingested in several runs: calls and statuses change in between. */
async function ingestDay(): Promise<World> {
  const world = await World.create(memoryStores());
  const { platform, time } = world;
  world.calls(30, {}, 7);
  platform
    .rows('/agents')
    .push(
      ...Array.from({ length: 4 }, (_, i) => ({ id: i + 1, status: { id: 0 }, created_at: '2026-01-01T00:00:00Z' })),
    );
  const statuses = platform.rows('/agent_activity_logs');
  const addStatus = (at: number) =>
    statuses.push({ id: statuses.length + 1, agent_id: 1, started_at: iso(at), ended_at: iso(at + MINUTE) });
  for (let i = 0; i < 20; i++) addStatus(time.time - 4 * HOUR + i * 5 * MINUTE);
  const ingestAll = async () => {
    for (const name of NAMES) expect(await world.ingest(name)).toMatchObject({ outcome: 'done' });
  };
  await ingestAll();
  for (let hour = 0; hour < 3; hour++) {
    time.time += HOUR;
    for (const row of platform.rows('/calls').slice(hour * 8, hour * 8 + 10))
      row.updated_at = iso(time.time - (30 - (Number(row.id) % 10)) * MINUTE);
    addStatus(time.time - 30 * MINUTE);
    Object.assign(platform.rows('/agents')[hour] ?? {}, { status: { id: hour + 1 } });
    await ingestAll();
  }
  // records behind all others, so that both sides are quiet before them
  time.time += HOUR;
  const last = world.calls(1).at(-1);
  Object.assign(last ?? {}, { updated_at: iso(time.time - 2 * MINUTE) });
  addStatus(time.time - 2 * MINUTE);
  await ingestAll();
  return world;
}

const idsIn = (results: readonly WindowResult[], endpoint: string, part = 'records') =>
  results
    .filter((each) => each.endpoint === endpoint && each.part === part)
    .flatMap(({ missing }) => missing)
    .sort();

const states = (results: readonly WindowResult[]) => new Set(results.map(judgeWindow));

async function rewrite(world: World, { key }: StoredObject, lines: readonly string[]): Promise<void> {
  const { client } = await world.aws.s3();
  const Body = gzipSync(`${lines.join('\n')}\n`);
  await client.send(new PutObjectCommand({ Bucket: world.environment.LAKE_BUCKET, Key: key, Body }));
}

async function dropEntry(world: World, endpoint: string, seq: number): Promise<void> {
  await world.aws.dynamodb.send(
    new DeleteCommand({
      TableName: world.environment.STATE_TABLE,
      Key: { pk: toStatePartition(world.tenant.name, endpoint), sk: toEntryKey(seq) },
    }),
  );
}

/** The newest line of each record that is left in the lake. */
async function newestLines(world: World, endpoint: string, cursor: string): Promise<Map<string, Row>> {
  const newest = new Map<string, Row>();
  for (const { records } of await world.objects(`raw/${endpoint}/`))
    for (const record of records) {
      if ('_none' in record) continue;
      const known = newest.get(String(record.id));
      const order = (row: Row) => `${row[cursor]} ${row._batch}`;
      if (known === undefined || order(known) < order(record)) newest.set(String(record.id), record);
    }
  return newest;
}

/** Records that the platform shows and the lake lacks, or has in an older version only. */
async function lackingIds(world: World, endpoint: string, path: string, cursor: string, lost: ReadonlySet<number>) {
  const newest = await newestLines(world, endpoint, cursor);
  const quiet = Date.parse(String((await world.status(endpoint))?.cursor)) - 11 * MINUTE;
  return world.platform
    .rows(path)
    .filter((row) => Date.parse(String(row[cursor])) <= quiet)
    .filter((row) => {
      const line = newest.get(String(row.id));
      return line === undefined || line[cursor] !== row[cursor] || lost.has(Number(line._batch));
    })
    .map(({ id }) => String(id))
    .sort();
}

describe('an audit of a whole tenant', () => {
  it('finds nothing after ordinary runs', async () => {
    const world = await ingestDay();
    const results = await auditWorld(world, NAMES);
    expect([...states(results)]).toEqual(['complete']);
    expect(new Set(results.map(({ endpoint, part }) => `${endpoint} ${part}`))).toEqual(
      new Set([...NAMES.map((name) => `${name} records`), 'call segments', 'call metrics']),
    );
    expect(
      results.filter(({ endpoint }) => endpoint === 'call').reduce((sum, each) => sum + (each.lakeCount ?? 0), 0),
    ).toBeGreaterThan(80);
  });

  it('proves days without any record as soon as a run has looked at them', async () => {
    const world = await ingestDay();
    world.time.time += 2 * 24 * HOUR;
    const [unread] = await auditWorld(world, ['call'], { days: 1 });
    expect(unread).toMatchObject({ platformCount: null, reason: expect.stringMatching(/^not read yet: /) });
    for (const name of NAMES) expect(await world.ingest(name)).toMatchObject({ outcome: 'done' });
    expect(await world.ingest('chat')).toMatchObject({ outcome: 'done' });
    const results = await auditWorld(world, [...NAMES, 'chat']);
    expect([...states(results)]).toEqual(['complete']);
    expect(results.filter(({ endpoint, platformCount }) => endpoint === 'call' && platformCount === 0)).not.toEqual([]);
  });

  it('names what a lost object held, and brings it back', async () => {
    const world = await ingestDay();
    const objects = await world.objects('raw/call/');
    const second = objects.find(({ key }) => key.includes('0000000002'));
    expect(second).toBeDefined();
    await deleteObject(world.aws, world.environment.LAKE_BUCKET, second?.key ?? '');
    const expected = await lackingIds(world, 'call', '/calls', 'updated_at', new Set());
    expect(expected.length).toBeGreaterThan(0);
    expect(idsIn(await auditWorld(world, NAMES), 'call')).toEqual(expected);
    const healed = await auditWorld(world, NAMES, { heal: true });
    expect(idsIn(healed, 'call')).toEqual([]);
    expect([...states(healed)].sort()).toEqual(['complete', 'healed']);
    expect([...states(await auditWorld(world, NAMES))]).toEqual(['complete']);
  });

  it('takes a snapshot again whose object is lost', async () => {
    const world = await ingestDay();
    const newest = (await world.objects('raw/agent/')).at(-1);
    await deleteObject(world.aws, world.environment.LAKE_BUCKET, newest?.key ?? '');
    // the snapshot before it lacks the last change
    expect(idsIn(await auditWorld(world, ['agent']), 'agent')).toEqual(['3']);
    expect([...states(await auditWorld(world, ['agent'], { heal: true }))]).toEqual(['healed']);
    expect([...states(await auditWorld(world, ['agent']))]).toEqual(['complete']);
  });

  it('finds calls without segments and without an item', async () => {
    const world = await ingestDay();
    const { LAKE_BUCKET, METRICS_TABLE } = world.environment;
    await world.aws.dynamodb.send(new DeleteCommand({ TableName: METRICS_TABLE, Key: { call_key: 'acme#30' } }));
    expect(idsIn(await auditWorld(world, ['call']), 'call', 'metrics')).toEqual(['30']);
    const segments = (await world.objects('segments/')).at(-2);
    await deleteObject(world.aws, LAKE_BUCKET, segments?.key ?? '');
    const results = await auditWorld(world, ['call']);
    expect(idsIn(results, 'call', 'segments').length).toBeGreaterThan(0);
    expect(idsIn(results, 'call')).toEqual([]);
    await auditWorld(world, ['call'], { heal: true });
    expect([...states(await auditWorld(world, ['call']))]).toEqual(['complete']);
  });

  it('finds computed values that do not follow from their record', async () => {
    const world = await ingestDay();
    for (const object of await world.objects('segments/'))
      await rewrite(
        world,
        object,
        object.lines.map((line) => line.replace(/"handle_time":\d+/, '"handle_time":1')),
      );
    const results = await auditWorld(world, ['call']);
    expect(idsIn(results, 'call', 'segments').length).toBeGreaterThan(0);
    expect(idsIn(results, 'call', 'metrics')).toEqual([]);
  });

  it('finds exactly what was removed behind the product, whatever Total says, and heals it', async () => {
    const damage = fc.record({
      kind: fc.constantFrom('object', 'row', 'entry', 'nested'),
      endpoint: fc.constantFrom('call', 'agent_status_history'),
      pick: fc.nat(),
    });
    const lies = fc.array(fc.constantFrom(0, 0, -1, 1, -100), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 4 }), lies, async (damages, offsets) => {
        const world = await ingestDay();
        const lost = { call: new Set<number>(), agent_status_history: new Set<number>() };
        for (const { kind, endpoint, pick } of damages) {
          const objects = await world.objects(`raw/${kind === 'nested' ? 'call_participant' : endpoint}/`);
          const object = objects[pick % objects.length];
          const { LAKE_BUCKET } = world.environment;
          if (object === undefined) continue;
          if (kind === 'object' || kind === 'nested') await deleteObject(world.aws, LAKE_BUCKET, object.key);
          if (kind === 'row') await rewrite(world, object, object.lines.toSpliced(pick % object.lines.length, 1));
          if (kind === 'entry') {
            const last = (await world.status(endpoint))?.seq ?? 0;
            const seq = 1 + (pick % Math.max(1, last - 1));
            await dropEntry(world, endpoint, seq);
            lost[endpoint].add(seq);
          }
        }
        let asked = 0;
        const answer = world.platform.answer.bind(world.platform);
        world.platform.answer = (url) => {
          const { body, headers } = answer(url);
          const offset = offsets[asked++ % offsets.length] ?? 0;
          return { body, headers: { ...headers, total: String(Math.max(0, Number(headers.total) + offset)) } };
        };
        const expected = [
          await lackingIds(world, 'call', '/calls', 'updated_at', lost.call),
          await lackingIds(
            world,
            'agent_status_history',
            '/agent_activity_logs',
            'started_at',
            lost.agent_status_history,
          ),
        ];
        const found: WindowResult[] = [];
        const healed = await auditWorld(world, NAMES, { heal: true, found });
        expect([idsIn(found, 'call'), idsIn(found, 'agent_status_history')]).toEqual(expected);
        expect(healed.flatMap(({ missing }) => missing)).toEqual([]);
        const again = await auditWorld(world, NAMES);
        expect(again.filter((each) => judgeWindow(each) !== 'complete')).toEqual([]);
        expect(again.flatMap(({ missingUpstream }) => missingUpstream)).toEqual([]);
      }),
      { numRuns: 3, endOnFailure: true },
    );
  });
});
