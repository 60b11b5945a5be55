import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { expect } from 'vitest';
import { ENDPOINTS } from '../../catalog/index.ts';
import type { AwsClients } from '../../lambdas/aws/aws-clients.ts';
import { S3Objects } from '../../lambdas/aws/s3-objects.ts';
import { METRICS_VERSION } from '../../lambdas/segments/metric-results.ts';
import type { Row } from '../support/fake-platform.ts';
import type { Stores } from '../support/test-stores.ts';
import { DAY, NOW, sent, World } from './run-world.ts';

/** How long a lease lasts, milliseconds. */
export const LEASE = 120_000;

/** Each endpoint that the API gives, with those that are nested in it. */
export const FAMILIES = ENDPOINTS.filter(({ source }) => source.kind !== 'nested').map(({ name }) => [
  name,
  ...ENDPOINTS.flatMap(({ name: child, source }) =>
    source.kind === 'nested' && source.parents.some(({ endpoint }) => endpoint === name) ? [child] : [],
  ),
]);

/** Where every command costs more time. */
export const FEW = ['call', 'call_participant', 'agent'];

/** What happens at one command to a store. */
export interface Failure {
  readonly how: string;
  readonly hasEffect: boolean;
  /** What follows: nothing more, the rest of the program, or the same command again. */
  readonly next: 'death' | 'error' | 'repetition';
}

/** Everything that can happen. */
export const FAILURES: readonly Failure[] = [
  { how: 'the process dies before a command takes effect', hasEffect: false, next: 'death' },
  { how: 'the process dies after a command took effect', hasEffect: true, next: 'death' },
  { how: 'a command fails without effect', hasEffect: false, next: 'error' },
  { how: 'a command takes effect but seems to have failed', hasEffect: true, next: 'error' },
  { how: 'a command takes effect, its answer is lost and it is sent again', hasEffect: true, next: 'repetition' },
];

class Crash extends Error {}

type Send = (this: unknown, command: unknown, ...rest: unknown[]) => Promise<unknown>;

/** The clients with one failure at the k-th command to any store. */
export function failing(aws: AwsClients, k: number, { hasEffect, next }: Failure) {
  let count = 0;
  const wrap = <Client extends object>(client: Client): Client =>
    new Proxy(client, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name, target);
        if (name !== 'send') return typeof value === 'function' ? value.bind(target) : value;
        return async (...command: [unknown]) => {
          const send = () => (value as Send).apply(target, command);
          count += 1;
          if (count < k || (count > k && next !== 'death')) return send();
          if (count === k && hasEffect) await send().catch(() => undefined);
          if (next === 'repetition') return send();
          throw new Crash(`at command ${k}`);
        };
      },
    });
  const clients: AwsClients = {
    s3: async () => new S3Objects(wrap((await aws.s3()).client)),
    dynamodb: wrap<DynamoDBDocumentClient>(aws.dynamodb),
    secrets: wrap(aws.secrets),
  };
  return { clients, commands: () => count };
}

const PERSON = { id: 101, name: 'Sam Example' };
const MOMENT = { created_at: `${DAY}T10:00:00.000Z`, updated_at: `${DAY}T10:05:00.000Z` };
const INSIDE = { photos: [{ id: 5 }], videos: [{ id: 6 }], changed_details: [{ field: 'rating' }] };

/** Records of every collection but calls. */
const COLLECTIONS: Readonly<Record<string, readonly Row[]>> = {
  '/chats': [{ id: 1, ...MOMENT, ...INSIDE, participants: [{ id: 8 }], agent_info: PERSON }],
  '/agent_activity_logs': [{ id: 1, agent_id: 101, started_at: `${DAY}T10:00:00.000Z`, whodunnit: PERSON }],
  '/agents': [{ id: 1 }, { id: 2 }],
  '/teams': [
    { id: 1, assignees: [PERSON, { ...PERSON, id: 102 }] },
    { id: 2, assignees: [] },
  ],
  '/teams/tree': [{ id: 1, children: [{ id: 2, children: [] }] }],
  '/menus': [{ id: 9, name: 'Sales' }],
  '/user_statuses': [{ id: 0, name: 'Available' }],
};

/** A platform with calls in two batches over two days, one of them bad, and with records of every other collection. */
export async function createWorld(where: Pick<Stores, 'aws' | 'fresh'>): Promise<World> {
  const each = await World.create(where, { pageSize: 2 });
  each.calls(3, {}, 15);
  each.calls(1, { id: 'bad', updated_at: NOW });
  const [first = {}, , third = {}] = each.platform.rows('/calls');
  Object.assign(first, INSIDE);
  Object.assign(third, { created_at: '2026-03-01T22:00:00.000Z', new_key: 1 });
  for (const [path, rows] of Object.entries(COLLECTIONS)) each.platform.rows(path).push(...rows);
  return each;
}

/** Runs endpoints until they have nothing more. The first run of calls has time for one page only. */
export async function runAll(each: World, endpoints: readonly string[], aws: AwsClients = each.aws): Promise<void> {
  for (const endpoint of endpoints)
    for (let runs = 0; ; runs++) {
      const timeLeft = () => (endpoint === 'call' && runs < 1 ? 59_999 : 900_000);
      const { outcome } = await each.ingest(endpoint, { aws, timeLeft });
      if (outcome === 'lease_held') throw new Crash('lost its lease');
      if (outcome === 'done') break;
    }
}

const newestFirst = (a: Row, b: Row) => (String(a._extracted_at) < String(b._extracted_at) ? 1 : -1);

/** What users see, without when it was taken. */
export async function outcomeOf(each: World) {
  const objects = await each.objects();
  const versions = (zone: string) =>
    objects
      .filter(({ key }) => key.startsWith(zone))
      .flatMap(({ key, records }) =>
        records.map((record) => `${key.replace(/\/[^/]*$/, '')} ${JSON.stringify(sent(record))}`),
      );
  return {
    raw: new Set(versions('raw/')),
    segments: new Set(versions('segments/')),
    quarantined: new Set(versions('quarantine/').map((line) => line.replace(/,"place":.*/, ''))),
    metrics: new Set(
      (await each.metrics()).map(({ ingested_at: _at, source_batch: _batch, ...item }) => JSON.stringify(item)),
    ),
  };
}

/** After any failure: no gap in a ledger, every ledger object in the lake, every item computed from the newest raw record. */
export async function expectConsistent(each: World, endpoints: readonly string[]) {
  const objects = await each.objects();
  const sizes = new Map(objects.map(({ key, bytes, lines }) => [key, [bytes, lines.length]]));
  const inLedger = new Set<string>();
  for (const endpoint of endpoints) {
    const batches = await each.ledger(endpoint);
    const status = await each.status(endpoint);
    expect(batches.map(({ seq }) => seq)).toEqual(Array.from({ length: status?.seq ?? -1 }, (_, i) => i + 1));
    expect(batches.reduce((sum, { records }) => sum + records, 0)).toBe(status?.records);
    expect(status).toMatchObject({ leaseUntil: null, lastRun: { outcome: 'done' } });
    for (const { key, bytes, records } of batches.flatMap((batch) => batch.objects)) {
      expect([key, sizes.get(key)]).toEqual([key, [bytes, records]]);
      inLedger.add(key);
    }
  }
  const calls = objects.filter(({ key }) => key.startsWith('raw/call/')).flatMap(({ records }) => records);
  for (const item of await each.metrics()) {
    const [newest] = calls.filter(({ id }) => id === item.call_id).sort(newestFirst);
    expect(item).toMatchObject({
      ingested_at: newest?._extracted_at,
      source_updated_at: newest?.updated_at,
      metrics_version: METRICS_VERSION,
    });
  }
  return { objects: objects.length, inLedger };
}
