import { type GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { ConfigurationError, CredentialError, TransientError } from '../../lambdas/common/errors.ts';
import { CredentialCache } from '../../lambdas/platform/credential-cache.ts';
import { type Stores, startStores } from '../support/test-stores.ts';
import { call, NOW, World } from './run-world.ts';

const LEASE = 120_000;

let stores: Stores;
beforeAll(async () => {
  stores = await startStores();
});
afterAll(() => stores.close());

/** All data that users see. */
const everything = async (world: World) => ({
  objects: await world.objects(),
  metrics: await world.metrics(),
  ledger: await world.ledger('call'),
});

describe('a run', () => {
  it('reports what it did', async () => {
    const world = await World.create(stores);
    const rows = world.calls(3);
    expect(await world.ingest('call')).toEqual({
      tenant: 'acme',
      endpoint: 'call',
      outcome: 'done',
      records: 3,
      batches: 1,
      objects: 2,
      requests: 1,
      throttled: 0,
      unreadable: 0,
      warnings: [],
      quarantined: 0,
      from: rows[0]?.updated_at,
      to: rows[2]?.updated_at,
      lagSeconds: 0,
      cursorAgeSeconds: 3600 - 350 + 60,
    });
  });

  it('records its end for the status and releases the lease', async () => {
    const world = await World.create(stores);
    world.calls(3);
    await world.ingest('call', { run: 'run-x', continuation: 2 });
    expect(await world.status('call')).toMatchObject({
      seq: 1,
      records: 3,
      leaseUntil: null,
      lastRun: {
        run: 'run-x',
        scheduledTime: NOW,
        startedAt: NOW,
        endedAt: NOW,
        completeTo: NOW,
        outcome: 'done',
        continuation: 2,
        records: 3,
        requests: 1,
      },
    });
  });

  it.each(['call', 'chat', 'agent', 'agent_status_history', 'team_tree', 'user_info'])(
    'of %s again adds nothing',
    async (endpoint) => {
      const world = await World.create(stores);
      world.calls(3);
      world.platform.rows('/chats').push({ id: 1, created_at: NOW, updated_at: NOW });
      world.platform.rows('/agents').push({ id: 1 }, { id: 2 });
      world.platform.rows('/agent_activity_logs').push({ id: 1, started_at: NOW, ended_at: null });
      world.platform.rows('/teams/tree').push({ id: 1, children: [{ id: 2 }] });
      if (endpoint === 'user_info') await world.ingest('call');
      expect((await world.ingest(endpoint)).batches).toBe(1);
      const before = await everything(world);
      for (let runs = 0; runs < 3; runs++) {
        world.time.time += 15 * 60_000;
        expect(await world.ingest(endpoint)).toMatchObject({ outcome: 'done', records: 0, batches: 0, objects: 0 });
      }
      expect(await everything(world)).toEqual(before);
    },
  );

  it('writes a changed call as a new version and replaces its metrics', async () => {
    const world = await World.create(stores);
    const [row = {}] = world.calls(2);
    await world.ingest('call');
    Object.assign(row, { rating: 5, updated_at: NOW });
    expect(await world.ingest('call')).toMatchObject({ records: 1, from: NOW, to: NOW });
    expect(await world.metrics()).toHaveLength(2);
    expect((await world.ledger('call')).map(({ seq, records }) => [seq, records])).toEqual([
      [1, 2],
      [2, 1],
    ]);
  });

  it('whose time is up stops after a batch, reports that there is more, and the next run continues there', async () => {
    const world = await World.create(stores, { pageSize: 2 });
    // further apart than what every run reads again
    world.calls(5, {}, 15);
    const outcomes: string[] = [];
    while (outcomes.at(-1) !== 'done' && outcomes.length < 10)
      outcomes.push((await world.ingest('call', { timeLeft: () => (outcomes.length < 3 ? 59_999 : 900_000) })).outcome);
    expect(outcomes).toEqual(['more', 'more', 'more', 'done']);
    const taken = (await world.objects('raw/')).map(({ records }) => records.map(({ id }) => id));
    expect(taken.flat()).toEqual([1, 2, 3, 4, 5]);
    expect(taken.length).toBeGreaterThan(2);
    expect((await world.ledger('call')).map(({ seq }) => seq)).toEqual(taken.map((_, i) => i + 1));
  });

  it('starts where the tenant’s configuration says', async () => {
    const world = await World.create(stores);
    world.platform.rows('/team').push({ id: 1 });
    world.calls(1, { changes: [{ field: 'status' }] });
    world.tenant = {
      ...world.tenant,
      sources: { team: { path: '/team' }, changed_detail: { parents: { call: ['changes[]'] } } },
    };
    expect((await world.ingest('team')).records).toBe(1);
    await world.ingest('call');
    expect(await world.ingest('changed_detail')).toMatchObject({ records: 1, requests: 0 });
    const [object] = await world.objects('raw/changed_detail/');
    expect(object?.records).toMatchObject([{ field: 'status', _parent_path: 'changes[0]' }]);
  });

  it.each([
    [30, 0, 1],
    [5, 0, 0],
    [10, 600, 1],
  ])(
    'with a look-back of %i minutes and %i seconds to settle takes %i of a record that came 12 minutes late',
    async (lookBackMinutes, settleSeconds, taken) => {
      const world = await World.create(stores);
      world.tenant = { ...world.tenant, lookBackMinutes, settleSeconds };
      world.platform.rows('/calls').push(call(1, 6));
      await world.ingest('call');
      world.platform.rows('/calls').push(call(2, 18));
      expect(await world.ingest('call')).toMatchObject({ records: taken });
    },
  );

  it('of an endpoint that does not exist fails with a configuration error', async () => {
    const world = await World.create(stores);
    await expect(world.ingest('calls')).rejects.toThrow(new ConfigurationError('there is no endpoint "calls"'));
  });
});

describe('a failing run', () => {
  it('records the reason for the operator, releases the lease and keeps what was committed', async () => {
    const world = await World.create(stores, { pageSize: 2 });
    world.calls(6);
    expect((await world.ingest('call', { timeLeft: () => 59_999 })).records).toBe(2);
    const before = await everything(world);
    const effects = world.time.effects({ fetch: async () => new Response('no', { status: 503 }) });
    await expect(world.ingest('call', { effects, run: 'run-x' })).rejects.toThrow(TransientError);
    expect(await everything(world)).toEqual(before);
    const status = await world.status('call');
    expect(status).toMatchObject({ seq: 1, leaseUntil: null });
    expect(status?.lastRun).toMatchObject({ run: 'run-x', outcome: 'failed', completeTo: null });
    expect(status?.lastRun?.error).toContain('answered 503 again and again');
    await world.ingest('call');
    expect(new Set((await world.objects('raw/')).flatMap(({ records }) => records.map(({ id }) => id))).size).toBe(6);
  });

  it('with an unexpected error records none of its text, which may hold unchecked data', async () => {
    const world = await World.create(stores);
    const effects = world.time.effects({ random: () => 0 });
    const timeLeft = () => {
      throw new Error('sam@example.com');
    };
    await expect(world.ingest('call', { effects, timeLeft })).rejects.toThrow('sam@example.com');
    expect((await world.status('call'))?.lastRun).toMatchObject({
      outcome: 'failed',
      error: 'unexpected error: see the log of this run',
    });
  });

  it('is followed by a run whose records are newer than those it left, although the next clock is slower', async () => {
    const world = await World.create(stores);
    world.calls(1);
    const { now } = world.time;
    const send = async (command: unknown) => {
      if (command instanceof PutCommand && command.input.TableName === world.environment.METRICS_TABLE)
        throw new Error('the metrics table is away');
      return world.aws.dynamodb.send(command as GetCommand);
    };
    const dynamodb = new Proxy(world.aws.dynamodb, {
      get: (of, key) => (key === 'send' ? send : Reflect.get(of, key)),
    });
    const effects = world.time.effects({ fetch: world.platform.fetch });
    const ahead = { ...effects, now: () => now() + 900 };
    await expect(world.ingest('call', { effects: ahead, aws: { ...world.aws, dynamodb } })).rejects.toThrow('away');
    await world.ingest('call', { effects: { ...effects, now: () => now() - 1_500 } });
    const times = (await world.objects('raw/')).flatMap(({ records }) => records.map((each) => each._extracted_at));
    expect(times).toHaveLength(2);
    const [item] = await world.metrics();
    expect(item?.ingested_at).toBe(times.sort().at(-1));
  });

  it('is followed by one that succeeds and clears the error', async () => {
    const world = await World.create(stores);
    world.calls(2);
    const effects = world.time.effects({ fetch: async () => new Response('no', { status: 403 }) });
    await expect(world.ingest('call', { effects })).rejects.toThrow(ConfigurationError);
    await world.ingest('call');
    expect((await world.status('call'))?.lastRun).toMatchObject({ outcome: 'done', records: 2 });
    expect((await world.status('call'))?.lastRun).not.toHaveProperty('error');
  });
});

describe('two runs at once', () => {
  it('of one endpoint act as one: the second finds the lease held and does nothing', async () => {
    const world = await World.create(stores);
    world.calls(2);
    const seconds: unknown[] = [];
    const effects = world.time.effects({
      fetch: async (...request) => {
        seconds.push(await world.ingest('call', { run: 'second' }));
        return world.platform.fetch(...request);
      },
    });
    const first = await world.ingest('call', { effects, run: 'first' });
    expect(first).toMatchObject({ outcome: 'done', records: 2 });
    expect(seconds).toMatchObject([{ outcome: 'lease_held', records: 0, batches: 0, requests: 0, from: null }]);
    expect((await world.status('call'))?.lastRun?.run).toBe('first');
    expect((await world.ledger('call')).map(({ run }) => run)).toEqual(['first']);
  });

  it('of different endpoints both read', async () => {
    const world = await World.create(stores);
    world.calls(1);
    world.platform.rows('/agents').push({ id: 1 });
    const both = await Promise.all([world.ingest('call'), world.ingest('agent')]);
    expect(both.map(({ outcome }) => outcome)).toEqual(['done', 'done']);
  });

  it('accept no commit of the first after it paused for longer than its lease', async () => {
    const world = await World.create(stores);
    world.calls(2);
    let isAsleep = false;
    const effects = world.time.effects({
      fetch: async (...request) => {
        if (!isAsleep) {
          isAsleep = true;
          const answer = await world.platform.fetch(...request);
          world.time.time += LEASE;
          expect(await world.ingest('call', { run: 'second' })).toMatchObject({ outcome: 'done', records: 2 });
          return answer;
        }
        return world.platform.fetch(...request);
      },
    });
    const first = await world.ingest('call', { effects, run: 'first' });
    expect(first).toMatchObject({ outcome: 'lease_held', batches: 0 });
    expect((await world.ledger('call')).map(({ seq, run }) => [seq, run])).toEqual([[1, 'second']]);
    expect(await world.status('call')).toMatchObject({ seq: 1, records: 2, lastRun: { run: 'second' } });
    expect(await world.ingest('call')).toMatchObject({ outcome: 'done' });
  });
});

describe('runs of one container', () => {
  /** A container, and the secrets it has asked for. */
  const container = async () => {
    const world = await World.create(stores);
    const secrets: unknown[] = [];
    const client = stores.aws.secrets;
    vi.spyOn(client, 'send').mockImplementation(async (command: { input: object }) => {
      secrets.push(Reflect.get(command.input, 'SecretId'));
      return { SecretString: '{"username":"acme","password":"a-secret-token"}' };
    });
    onTestFinished(() => void vi.restoreAllMocks());
    return { world, secrets, credentials: new CredentialCache(client, world.time.now) };
  };

  it('read the credential of their tenant once', async () => {
    const { world, secrets, credentials } = await container();
    for (let run = 0; run < 3; run++) await world.ingest('call', { credentials });
    expect(secrets).toEqual(['ccaip/acme']);
    await world.ingest('call');
    expect(secrets).toHaveLength(2);
  });

  it('read it again after one that failed because of it', async () => {
    const { world, secrets, credentials } = await container();
    const refused: typeof fetch = async () => new Response('[]', { status: 403 });
    const failing = world.ingest('call', { credentials, effects: world.time.effects({ fetch: refused }) });
    await expect(failing).rejects.toThrow(CredentialError);
    await world.ingest('call', { credentials });
    expect(secrets).toHaveLength(2);
  });

  it('keep it after one that failed for another reason', async () => {
    const { world, secrets, credentials } = await container();
    const missing: typeof fetch = async () => new Response('[]', { status: 404 });
    const failing = world.ingest('call', { credentials, effects: world.time.effects({ fetch: missing }) });
    await expect(failing).rejects.toThrow(ConfigurationError);
    await world.ingest('call', { credentials });
    expect(secrets).toHaveLength(1);
  });
});
