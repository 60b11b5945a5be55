import { afterEach, describe, expect, it } from 'vitest';
import { findEndpoint } from '../../catalog/index.ts';
import { METRICS } from '../../catalog/segment-metrics.ts';
import { parseTimestamp } from '../../catalog/timestamp.ts';
import { compareMetric } from '../../cli/commands/metric-difference.ts';
import { type SimulatorServer, serve } from '../../simulator/api-server.ts';
import type { Collection } from '../../simulator/collections.ts';
import { QUIRK_NAMES, type QuirkName, type QuirkSizes, Quirks } from '../../simulator/quirks.ts';
import type { ApiRecord } from '../../simulator/render.ts';
import { simulate } from '../../simulator/simulation.ts';
import { groupBy, isMark, newest, type RawLine } from '../chaos/laws/lake-view.ts';
import { World } from '../runs/run-world.ts';
import type { Row } from '../support/fake-platform.ts';
import { memoryStores } from '../support/memory-stores.ts';

/** The product against the simulator, one quirk after the other. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const SEED = 3;
const centre = simulate({ seed: 5, start: '2026-03-02T00:00:00.000Z', days: 1, seats: 5, callsPerDay: 200 });

/** Around noon every few minutes, later now and then, until everything is over. */
const RUNS = [
  ...Array.from({ length: 6 }, (_, index) => centre.startMs + 11.9 * HOUR + index * 4 * MINUTE),
  centre.startMs + 20 * HOUR,
  ...[0.2, 1, 30, 60].map((hours) => centre.endMs + hours * HOUR),
];

const ENDPOINTS: Readonly<Record<string, Collection>> = {
  call: 'calls',
  chat: 'chats',
  agent_status_history: 'agent_activity_logs',
  agent: 'agents',
};

let server: SimulatorServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

/** Runs all endpoints at several times against a platform with quirks. */
async function ingestWith(names: readonly QuirkName[], sizes: Partial<QuirkSizes> = {}, runs = RUNS) {
  const world = await World.create(memoryStores());
  const quirks = new Quirks(names, SEED, sizes);
  const credential = { username: 'acme', password: 'a-secret-token' };
  server = await serve(centre, { now: () => world.time.time, requestsPerSecond: null, quirks, ...credential });
  world.tenant = { ...world.tenant, baseUrl: server.url };
  const warnings: string[] = [];
  for (const time of runs) {
    world.time.time = Math.max(time, world.time.time);
    for (const endpoint of Object.keys(ENDPOINTS)) {
      const summary = await world.ingest(endpoint, { effects: world.time.effects() });
      expect(summary).toMatchObject({ outcome: 'done' });
      warnings.push(...summary.warnings);
    }
  }
  const idle = await world.ingest('call', { effects: world.time.effects() });
  expect(idle, 'a run without changes').toMatchObject({ records: 0, batches: 0 });
  return { world, collections: centre.collections(quirks), requests: server.requests, warnings };
}

type Ingested = Awaited<ReturnType<typeof ingestWith>>;

/** What the views show of an endpoint, by id. */
async function readLake({ world }: Ingested, endpoint: string): Promise<Map<number, ApiRecord>> {
  const objects = await world.objects(`raw/${endpoint}/`);
  const lines = objects.flatMap(({ key, records }) =>
    records.map(({ _extracted_at, _batch, _original, ...record }): RawLine => {
      const dt = /dt=([\d-]+)/.exec(key)?.[1] ?? '';
      const text = JSON.stringify(record);
      return { key, committed: true, dt, record, text, extractedAt: String(_extracted_at), batch: String(_batch) };
    }),
  );
  const source = findEndpoint(endpoint)?.source;
  const groups =
    source?.kind === 'tail'
      ? [...groupBy(lines, ({ dt, record }) => `${dt} ${record.id}`).values()].map((group) =>
          newest(source.cursor, group).slice(0, 1),
        )
      : [newest(null, lines)];
  const shown = groups.flat().filter((line) => !isMark(line));
  const ids = shown.map(({ record }) => Number(record.id));
  expect(new Set(ids).size, `${endpoint}: each id once`).toBe(ids.length);
  return new Map(shown.map(({ record }) => [Number(record.id), record]));
}

/** A value without what quirks change in how it is written. */
function normalise(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(normalise).filter((each) => JSON.stringify(each) !== '{}');
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, normalise(inner)]));
  }
  if (typeof value !== 'string') return value;
  return parseTimestamp(value) ?? (/^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value);
}

const without = (record: ApiRecord, fields: readonly string[]): ApiRecord =>
  Object.fromEntries(Object.entries(record).filter(([key]) => !fields.includes(key)));

interface Expected {
  /** Fields in which a quirk lets a record differ from the truth for good. */
  readonly except?: readonly string[];
}

/** The lake is the truth without the spoiled records, and those are exactly the ones in the journal. */
async function expectTruth(ingested: Ingested, { except = [] }: Expected = {}): Promise<void> {
  const { world, collections } = ingested;
  const at = world.time.time;
  for (const [endpoint, collection] of Object.entries(ENDPOINTS)) {
    const spoiled = collections.spoiled(collection);
    const truth = centre.records(collection, at).filter(({ id }) => !spoiled.has(Number(id)));
    expect(truth.length, collection).toBeGreaterThan(3);
    const lake = await readLake(ingested, endpoint);
    expect([...lake.keys()].sort(), collection).toEqual(truth.map(({ id }) => Number(id)).sort());
    for (const record of truth)
      expect(normalise(without(lake.get(Number(record.id)) ?? {}, except))).toEqual(normalise(without(record, except)));
    const unreadable = [collections.pick('poison-record', collection), collections.pick('broken-json', collection)];
    const picked = new Set(unreadable.filter((id) => id !== undefined));
    expect((await world.status(endpoint))?.unreadable, endpoint).toHaveLength(picked.size);
    const journal = await openEntries(world, endpoint);
    expect(journal.filter(isUnreadable), endpoint).toHaveLength(picked.size);
    const rejected = journal.filter((entry) => !isUnreadable(entry)).map(({ record }) => Object(record).id);
    expect(new Set([...rejected, ...picked]), endpoint).toEqual(spoiled);
  }
}

/** What is in the quarantine of an endpoint and was not taken since. */
async function openEntries(world: World, endpoint: string): Promise<Row[]> {
  const lines = (await world.objects(`quarantine/${endpoint}/`)).flatMap(({ records }) => records);
  const requeued = new Set(lines.filter((line) => 'requeued_at' in line).map(({ entry }) => entry));
  return lines.filter((line) => 'reason' in line && !requeued.has(line.entry));
}

const isUnreadable = ({ reason }: Row) => String(reason).startsWith('unreadable: ');

/** The metrics of all calls are those that the truth gives. */
async function expectMetrics({ world, collections }: Ingested): Promise<void> {
  const spoiled = collections.spoiled('calls');
  const truth = centre.truth(world.time.time).calls;
  const items = await world.metrics();
  expect(items).toHaveLength(truth.size - [...spoiled].filter((id) => truth.has(id)).length);
  const differences = items.flatMap((item) =>
    METRICS.flatMap((metric) => {
      const id = Number(String(item.call_key).split('#')[1]);
      const seconds = item[metric] ?? null;
      const status = Object(item.metric_status)[metric] ?? (seconds === null ? 'not_applicable' : 'ok');
      const computed = { seconds, status };
      return compareMetric(id, metric, computed, truth.get(id)?.metrics[metric]) ?? [];
    }),
  );
  expect(differences).toEqual([]);
}

const EXCEPT: Partial<Record<QuirkName, readonly string[]>> = {
  'bulk-edit': ['updated_at'],
  'created-at-corrected': ['updated_at'],
  'never-closed': ['ended_at', 'duration'],
  'huge-records': ['note'],
  'queue-duration-zero': ['queue_durations'],
  'doubled-chat-durations': ['queue_durations'],
  'duplicate-wrap-ups': ['handle_durations'],
  'status-after-logout': ['ended_at', 'duration'],
};

describe('the lake equals the truth if the platform has the quirk', () => {
  it.each(QUIRK_NAMES)('%s', async (name) => {
    const ingested = await ingestWith([name], { deepest: 200, retryAfter: 90 });
    await expectTruth(ingested, { except: EXCEPT[name] ?? [] });
    await expectMetrics(ingested);
  });
});

it('calls and chats move by days, to a third day and back, and are in the day of their truth', async () => {
  const hourly = Array.from({ length: 36 }, (_, hour) => centre.startMs + hour * HOUR);
  const { world } = await ingestWith(['created-at-corrected'], {}, [...hourly, centre.endMs + 60 * HOUR]);
  const daysOf = (versions: readonly Row[]) => versions.map(({ created_at }) => String(created_at).slice(0, 10));
  const lives = (await Promise.all(['call', 'chat'].map((endpoint) => world.objects(`raw/${endpoint}/`))))
    .flat()
    .flatMap(({ key, records }) => records.map((record) => ({ ...record, key: key.split('/')[1] })))
    .filter((record: Row) => record._none !== true);
  const days = [...groupBy<Row>(lives, ({ key, id }) => `${key} ${id}`).values()].map((versions) =>
    daysOf(versions.toSorted((a, b) => (String(a.updated_at) < String(b.updated_at) ? -1 : 1))),
  );
  const far = days.map((each) => new Set(each.map((dt) => Date.parse(dt) / (24 * HOUR)))).map((each) => [...each]);
  expect(far.filter(([a = 0, b = a]) => Math.abs(b - a) > 1).length, 'by days').toBeGreaterThan(10);
  expect(far.filter((each) => each.length > 2).length, 'to a third day').toBeGreaterThan(2);
  expect(days.filter((each) => new Set(each).size === 2 && each[0] === each.at(-1)).length, 'back').toBeGreaterThan(2);
  const truth = new Map(
    centre
      .records('calls', world.time.time)
      .map(({ id, created_at }) => [id, new Date(String(created_at)).toISOString()]),
  );
  for (const { call_id, created_at, day_key } of await world.metrics()) {
    expect(created_at).toBe(truth.get(call_id));
    expect(day_key).toContain(`acme#${String(truth.get(call_id)).slice(0, 10)}#`);
  }
});
