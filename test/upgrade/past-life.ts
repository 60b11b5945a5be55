import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { ENDPOINTS, type Endpoint } from '../../catalog/index.ts';
import { toStatePartition } from '../../lambdas/aws/state-keys.ts';
import { encodeLines } from '../../lambdas/lake/lake.ts';
import { SAMPLES } from '../catalog/samples.ts';
import { replayOf } from '../replay/replay-world.ts';
import { call, NOW, World } from '../runs/run-world.ts';
import type { Row } from '../support/fake-platform.ts';
import { generateRecord } from '../support/generated-records.ts';
import { itemsOf, type Stores } from '../support/test-stores.ts';

/** What a release left behind, and the platform that it read. */
export interface Release {
  /** Time of its last run (UTC). */
  readonly now: string;
  /** Rows of the platform by path. */
  readonly platform: Readonly<Record<string, readonly Row[]>>;
  readonly state: readonly Row[];
  readonly metrics: readonly Row[];
  /** Lines by the key of their object. */
  readonly lake: Readonly<Record<string, readonly string[]>>;
}

const HOUR = 3_600_000;

const ago = (minutes: number) => new Date(Date.parse(NOW) - minutes * 60_000).toISOString();

/** Endpoints of which a release left state; those that came into the catalog later have no past in it. */
export const endpointsOf = ({ state }: Release): readonly Endpoint[] =>
  ENDPOINTS.filter(({ name }) => state.some(({ pk }) => pk === toStatePartition('acme', name)));

/**
 * Ingests with today's code: live runs, a backfill, a failed run, a record in quarantine, a replay.
 * @param endpoints in the order of the catalog
 */
export async function livePast(stores: Stores, endpoints: readonly Endpoint[] = ENDPOINTS): Promise<Release> {
  const world = await World.create(stores);
  for (const endpoint of endpoints) {
    const { source } = endpoint;
    if (source.kind === 'nested') continue;
    const collection = world.platform.rows(source.path);
    const taken = new Set(collection.map(({ id }) => id));
    const rows = recordsOf(endpoint).map((row, index) => ({ ...row, id: Number(row.id) || 1_000 + index }));
    const added = rows.filter(({ id }) => !taken.has(id));
    collection.push(...added.map((row) => datedLately(row, source.kind === 'tail')));
  }
  world.platform.rows('/calls').push(call(901, 400), call(902, 90), call(903, 3, { updated_at: ago(3) }));
  world.platform.rows('/calls').push({ ...call(904, 80), participants: 'not a list', created_at: 'not a time' });
  for (const { name } of endpoints) await world.ingest(name);
  world.platform.rows('/calls').push(call(905, 20 * 24 * 60));
  await world.ingest('call', { range: { from: ago(21 * 24 * 60), to: ago(19 * 24 * 60) } });
  for (const { name, source } of endpoints) if (source.kind === 'nested') await world.ingest(name);
  world.time.time += HOUR;
  const offline = world.time.effects({ fetch: () => Promise.reject(new Error('offline')) });
  await world.ingest('chat', { effects: offline, timeLeft: () => 60_000 }).catch(() => undefined);
  await replayOf(world);
  const byKey = (a: Row, b: Row) => (JSON.stringify([a.pk, a.sk]) < JSON.stringify([b.pk, b.sk]) ? -1 : 1);
  const { STATE_TABLE } = world.environment;
  return {
    now: new Date(world.time.time).toISOString(),
    platform: Object.fromEntries(world.platform.collections),
    state: (await itemsOf(world.aws, STATE_TABLE)).sort(byKey),
    metrics: (await world.metrics()).sort((a, b) => (String(a.call_key) < String(b.call_key) ? -1 : 1)),
    lake: Object.fromEntries((await world.objects()).map(({ key, lines }) => [key, lines])),
  };
}

/** Documented records as the API sends them, or one that is made of the endpoint's columns. */
const recordsOf = (endpoint: Endpoint): readonly Row[] =>
  SAMPLES[endpoint.name] ?? [generateRecord(endpoint, 1_000, Date.parse(ago(25 * 60)))];

/** A sample as if it had changed a day ago. */
function datedLately(row: Row, isDated: boolean): Row {
  if (!isDated) return row;
  const open = row.ended_at === null || row.ends_at === null;
  return { ...row, created_at: ago(26 * 60), updated_at: ago(25 * 60), started_at: ago(open ? 30 : 26 * 60) };
}

/** Creates a world in which an earlier release ran until now. */
export async function inherit(stores: Stores, { now, platform, state, metrics, lake }: Release): Promise<World> {
  const world = await World.create(stores);
  const { STATE_TABLE, METRICS_TABLE, LAKE_BUCKET } = world.environment;
  world.time.time = Date.parse(now) + HOUR;
  for (const [path, rows] of Object.entries(platform)) world.platform.rows(path).push(...structuredClone(rows));
  for (const Item of state) await world.aws.dynamodb.send(new PutCommand({ TableName: STATE_TABLE, Item }));
  for (const Item of metrics) await world.aws.dynamodb.send(new PutCommand({ TableName: METRICS_TABLE, Item }));
  const s3 = await world.aws.s3();
  for (const [key, lines] of Object.entries(lake))
    await s3.putGzip(LAKE_BUCKET, key, encodeLines(lines), 'application/x-ndjson');
  return world;
}
