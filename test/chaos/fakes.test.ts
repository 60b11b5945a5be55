import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Environment } from '../../lambdas/aws/environment.ts';
import { SchemaStore } from '../../lambdas/drift/schema-store.ts';
import { CheckpointStore } from '../../lambdas/ledger/checkpoint-store.ts';
import { readStatus } from '../../lambdas/ledger/endpoint-status.ts';
import { Ledger } from '../../lambdas/ledger/ledger.ts';
import type { LedgerEntry } from '../../lambdas/ledger/ledger-entry.ts';
import { MetricsTable } from '../../lambdas/metrics/metrics-table.ts';
import { DynamoRateBudget } from '../../lambdas/platform/dynamo-rate-budget.ts';
import { METRICS_TABLE_KEYS, STATE_TABLE_KEYS } from '../../packages/reader/table-keys.ts';
import { type Stores, startStores } from '../support/test-stores.ts';
import { FakeDynamoDb } from './aws/fake-dynamodb.ts';
import { FakeS3 } from './aws/fake-s3.ts';

let stores: Stores;
beforeAll(async () => {
  stores = await startStores();
});
afterAll(() => stores.close());

/** What an answer says, or the name of its error. */
async function answerOf(act: () => unknown): Promise<unknown> {
  try {
    const { Item, Items, Attributes, LastEvaluatedKey } = Object(await act());
    return { Item, Items, Attributes, more: LastEvaluatedKey !== undefined };
  } catch (error) {
    return error instanceof Error ? error.name : error;
  }
}

/** A client that sends every command to dynalite and to the fake, and fails where their answers differ. */
function both({ STATE_TABLE, METRICS_TABLE }: Environment) {
  const fake = new FakeDynamoDb({ [STATE_TABLE]: STATE_TABLE_KEYS, [METRICS_TABLE]: METRICS_TABLE_KEYS });
  const compared = { commands: 0 };
  const client = {
    send: async (command: Parameters<DynamoDBDocumentClient['send']>[0]) => {
      const real = await answerOf(() => stores.aws.dynamodb.send(command));
      expect(await answerOf(() => fake.execute(command)), command.constructor.name).toEqual(real);
      compared.commands += 1;
      if (typeof real === 'string') throw Object.assign(new Error(real), { name: real });
      return real;
    },
  };
  // a test double: the stores only ever call send
  return { client: client as unknown as DynamoDBDocumentClient, compared };
}

const batch = (seq: number, from: string | null): LedgerEntry => ({
  formatVersion: 1,
  seq,
  run: `run-${seq}`,
  scheduledTime: '2026-03-02T12:00:00.000Z',
  committedAt: '2026-03-02T12:00:01.000Z',
  extractedAt: '2026-03-02T12:00:00.500Z',
  from,
  to: from,
  records: 3 * seq,
  quarantined: seq % 2,
  requests: 2,
  seconds: 0.25,
  objects: [{ key: `raw/call/${seq}`, zone: 'raw', dt: '2026-03-02', records: 3, bytes: 120 }],
});

const lastRun = (outcome: 'done' | 'more' | 'failed') => ({
  run: 'a',
  scheduledTime: '2026-03-02T12:00:00.000Z',
  startedAt: '2026-03-02T12:00:00.000Z',
  endedAt: '2026-03-02T12:00:03.000Z',
  completeTo: null,
  outcome,
  continuation: 0,
  records: 7,
  requests: 2,
});

const small = fc.integer({ min: 0, max: 3 });
const step = fc.oneof(
  fc.record({ kind: fc.constant('acquire' as const), later: fc.constantFrom(0, 50_000, 200_000) }),
  fc.record({ kind: fc.constant('renew' as const), fencingToken: small }),
  fc.record({ kind: fc.constant('commit' as const), fencingToken: small, seq: small, cursor: fc.boolean() }),
  fc.record({ kind: fc.constant('append' as const), seq: small }),
  fc.record({ kind: fc.constant('slot' as const), run: fc.constantFrom('b', 'c'), later: fc.constantFrom(0, 70_000) }),
  fc.record({
    kind: fc.constant('commitInSlot' as const),
    fencingToken: small,
    slot: small,
    seq: small,
    open: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant('release' as const),
    fencingToken: small,
    outcome: fc.constantFrom('done', 'failed'),
    position: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('take' as const), later: fc.integer({ min: 0, max: 6_000 }), which: small }),
  fc.record({ kind: fc.constant('pause' as const), milliseconds: fc.integer({ min: 1, max: 5_000 }) }),
  fc.record({ kind: fc.constant('item' as const), call: small, updated: small, version: small, ingested: small }),
  fc.record({ kind: fc.constant('shape' as const), text: fc.string() }),
  fc.record({ kind: fc.constant('read' as const), after: small }),
);

describe('the DynamoDB of the simulation', () => {
  it('answers all requests of the stores like dynalite', async () => {
    let commands = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), async (steps) => {
        const environment = await stores.fresh();
        const { client, compared } = both(environment);
        let now = Date.parse('2026-03-02T12:00:00.000Z');
        const { STATE_TABLE: state, METRICS_TABLE: metrics } = environment;
        const checkpoints = new CheckpointStore(client, state, 'acme', 'call', () => now);
        const ledger = new Ledger(client, state, 'acme');
        const shapes = new SchemaStore(client, state, 'acme', 'call');
        const sleep = async (milliseconds: number) => {
          now += milliseconds;
        };
        const effects = { now: () => now, sleep, breathe: () => sleep(0), random: () => 0.5, fetch };
        const budgets = [undefined, undefined, 0.1, 0.5].map(
          (share) => new DynamoRateBudget(client, state, 'acme', 8, effects, share),
        );
        for (const each of steps) await refused(() => perform(each));
        commands += compared.commands;

        async function perform(each: (typeof steps)[number]): Promise<unknown> {
          switch (each.kind) {
            case 'acquire':
              now += each.later;
              return checkpoints.acquire('a');
            case 'renew':
              return checkpoints.renew(each.fencingToken);
            case 'commit':
              return checkpoints.commit({ fencingToken: each.fencingToken }, batch(each.seq, null), {
                position: '{"a":1}',
                cursor: each.cursor ? '2026' : null,
              });
            case 'slot':
              now += each.later;
              return checkpoints.takeSlot(each.run);
            case 'commitInSlot':
              return checkpoints.commit({ fencingToken: each.fencingToken, slot: each.slot }, batch(each.seq, null), {
                position: each.open ? '{"open":"1"}' : undefined,
              });
            case 'append':
              return ledger.append('call', batch(each.seq, '2026'));
            case 'release': {
              const end = { appended: 1, lastRun: lastRun(each.outcome === 'done' ? 'done' : 'failed') };
              return checkpoints.release(
                each.fencingToken,
                each.position ? { ...end, position: '{}', cursor: null } : end,
              );
            }
            case 'take':
              now += each.later;
              return budgets[each.which]?.acquire(60_000);
            case 'pause':
              return budgets[0]?.pause(each.milliseconds);
            case 'item':
              return new MetricsTable(client, metrics).put({
                call_key: `acme#${each.call}`,
                source_updated_at: `2026-0${each.updated + 1}`,
                metrics_version: each.version,
                ingested_at: `2026-0${each.ingested + 1}`,
                day_key: 'acme#2026-03-02#1',
                created_at: '2026-03-02T12:00:00.000Z',
                talk_time: 12.345,
                segments: [{ kind: 'talk', seconds: 0.001 }],
                anomalies: [],
              });
            case 'shape':
              await shapes.save(each.text);
              return shapes.load();
            case 'read':
              for await (const _ of ledger.entriesAfter('call', each.after));
              return readStatus(client, state, now);
          }
        }
      }),
      { numRuns: 25 },
    );
    expect(commands).toBeGreaterThan(300);
  });
});

/** Ignores a refusal, which both stores gave alike. @throws the difference if the two stores answered differently */
async function refused(act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (error instanceof Error && error.name === 'AssertionError') throw error;
  }
}

describe('the S3 of the simulation', () => {
  it('answers like s3rver: with the last version of an object, or an error for a missing one', async () => {
    const fake = new FakeS3();
    const { LAKE_BUCKET: Bucket } = stores.environment;
    const { client: s3 } = await stores.aws.s3();
    const run = async (command: GetObjectCommand | PutObjectCommand) => {
      const read = async (act: () => unknown) => {
        try {
          const { Body } = Object(await act());
          return Body === undefined ? 'done' : [...(await Body.transformToByteArray())];
        } catch (error) {
          return error instanceof Error ? error.name : error;
        }
      };
      const real = await read(() => (command instanceof GetObjectCommand ? s3.send(command) : s3.send(command)));
      expect(await read(() => fake.execute(command))).toEqual(real);
      return real;
    };
    expect(await run(new GetObjectCommand({ Bucket, Key: 'raw/a' }))).toBe('NoSuchKey');
    for (const bytes of [[1, 2, 3], [], [255]]) {
      await run(new PutObjectCommand({ Bucket, Key: 'raw/a', Body: new Uint8Array(bytes) }));
      expect(await run(new GetObjectCommand({ Bucket, Key: 'raw/a' }))).toEqual(bytes);
    }
  });
});
